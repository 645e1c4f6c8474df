//! How a supervisor is started: its clock, its limits, and the memory monitor that comes with it.

use std::fmt;

use actix::{AsyncContext, Context};

use super::child::Child;
use super::handle::SupervisorHandle;
use super::link::Link;
use super::memory_monitor::logbook::Logbook;
use super::memory_monitor::whole_process::WholeProcess;
use super::memory_monitor::{Equipment, MemoryMonitor};
use super::signals::Signals;
use super::supervisor::Supervisor;
use crate::clock::Clock;
use crate::config::{MemoryConfig, SupervisionConfig};
use crate::memory::arena::Arenas;
use crate::memory::limit::Limits;

/// The name of the memory monitor among the children.
pub const MONITOR: &str = "memory-monitor";

type Trim = Box<dyn FnOnce(Child<MemoryMonitor>) -> Child<MemoryMonitor>>;

/// A supervisor that has yet to be started. What is not said is as usual: the machine's clock, the defaults of both
/// configurations, arenas if the program's allocator has any, a memory monitor that keeps its records in memory.
///
/// ```
/// use std::time::Duration;
///
/// use evenkeel::config::{MemoryConfig, SupervisionConfig};
/// use evenkeel::Supervisor;
///
/// actix::System::new().block_on(async {
///     let supervisor = Supervisor::builder()
///         .config(SupervisionConfig { answer_within: Duration::from_secs(10), ..Default::default() })
///         .memory(MemoryConfig { sample_every: Duration::from_secs(5), ..Default::default() })
///         .start();
///     supervisor.shut_down(Duration::from_secs(5)).await.unwrap();
/// });
/// ```
#[must_use = "a supervisor does nothing before it is started"]
pub struct SupervisorBuilder {
    clock: Clock,
    config: SupervisionConfig,
    memory: MemoryConfig,
    arenas: Option<Arenas>,
    logbook: Option<Logbook>,
    process: WholeProcess,
    monitored: bool,
    trim: Option<Trim>,
}

impl Supervisor {
    /// A supervisor to be started; see [`SupervisorBuilder`].
    pub fn builder() -> SupervisorBuilder {
        SupervisorBuilder {
            clock: Clock::system(),
            config: SupervisionConfig::default(),
            memory: MemoryConfig::default(),
            // The memory monitor says what follows when there are none.
            arenas: Arenas::probe().map_err(|error| log::debug!("{error}")).ok(),
            logbook: None,
            process: WholeProcess::default(),
            monitored: true,
            trim: None,
        }
    }

    /// Starts a supervisor with everything as usual, on the current thread's arbiter.
    #[must_use = "the handle is the only way to end the supervisor"]
    pub fn start() -> SupervisorHandle {
        Self::builder().start()
    }
}

impl SupervisorBuilder {
    /// The clock that the memory monitor measures by.
    pub fn clock(mut self, clock: &Clock) -> Self {
        self.clock = clock.clone();
        self
    }

    /// Limits of the supervisor, and the restart policy of children that bring none.
    pub fn config(mut self, config: SupervisionConfig) -> Self {
        self.config = config;
        self
    }

    /// How memory is measured and judged. Limits that it has for a child go before those that the child brings.
    pub fn memory(mut self, memory: MemoryConfig) -> Self {
        self.memory = memory;
        self
    }

    /// Nobody looks at memory; [`SupervisorHandle::measure`] still measures it.
    pub fn without_monitor(mut self) -> Self {
        self.monitored = false;
        self
    }

    /// The instrument: with none, children are not told apart, and the process is all that is measured.
    pub fn arenas(mut self, arenas: Option<Arenas>) -> Self {
        self.arenas = arenas;
        self
    }

    /// Where the memory monitor keeps its records: [`Logbook::open`] makes one that survives the process.
    pub fn logbook(mut self, logbook: Logbook) -> Self {
        self.logbook = Some(logbook);
        self
    }

    /// Whether the process as a whole is judged; it is, unless this says otherwise. Where several supervisors live in one
    /// process, one of them should.
    pub fn process(mut self, process: WholeProcess) -> Self {
        self.process = process;
        self
    }

    /// Changes the memory monitor's child before it is started, for example to give it a companion.
    #[doc(hidden)]
    pub fn trim_monitor(
        mut self,
        trim: impl FnOnce(Child<MemoryMonitor>) -> Child<MemoryMonitor> + 'static,
    ) -> Self {
        self.trim = Some(Box::new(trim));
        self
    }

    /// Starts the supervisor on the current thread's arbiter.
    ///
    /// The memory monitor begins when this thread next waits for something: children that are added before that are
    /// there at its first look.
    #[must_use = "the handle is the only way to end the supervisor"]
    pub fn start(self) -> SupervisorHandle {
        let ctx = Context::new();
        let mut supervisor = Supervisor::new(self.config, self.arenas.clone(), &self.clock);
        let logbook = self.logbook.unwrap_or_else(|| Logbook::in_memory(&self.memory));
        let me = Link::new(MONITOR);
        let signals =
            Signals::new(supervisor.fault.subscribe(), supervisor.voice.clone(), supervisor.roll.clone());
        let tick = self.monitored.then(|| me.recipient());
        let handle = SupervisorHandle::new(ctx.address(), signals, logbook.clone(), tick);
        // Whether it is there or not: nobody else is to be taken for it.
        let entered = supervisor.roll.enter(MONITOR, Limits::default());
        if self.monitored && entered.is_ok() {
            let equipment = Equipment {
                me: me.clone(),
                supervisor: handle.clone(),
                config: self.memory,
                clock: self.clock,
                arenas: self.arenas,
                logbook,
                process: self.process,
            };
            let child = Child::new(&me, move || MemoryMonitor::new(equipment.clone()));
            let child = match self.trim {
                Some(trim) => trim(child),
                None => child,
            };
            supervisor.attendant = Some(Box::new(child));
        }
        ctx.run(supervisor);
        handle
    }
}

impl fmt::Debug for SupervisorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { config, memory, monitored, process, .. } = self;
        f.debug_struct("SupervisorBuilder")
            .field("config", config)
            .field("memory", memory)
            .field("monitored", monitored)
            .field("process", process)
            .finish_non_exhaustive()
    }
}
