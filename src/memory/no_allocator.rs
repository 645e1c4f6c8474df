//! In place of the allocator in a build without the feature `jemalloc`: who installs it is told which feature has it.

/// Installs the allocator, which there is only with the feature `jemalloc`.
#[macro_export]
macro_rules! install_allocator {
    () => {
        compile_error!("there is no allocator to install: evenkeel was built without the feature jemalloc");
    };
}
