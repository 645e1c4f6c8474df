//! The modules of the crate, from its sources: what is in them, and what they export.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use syn::{Attribute, Item, UseTree, Visibility};

use crate::members::{self, Own};

/// A module with all its items, private ones too: re-exports lead to them.
#[derive(Default)]
pub(crate) struct Module {
    /// And not hidden.
    is_public: bool,
    pub(crate) documentation: String,
    items: Vec<Named>,
    exports: Vec<Export>,
    /// What else it brings, for its own use.
    uses: Vec<Export>,
    own: Vec<Own>,
    pub(crate) modules: BTreeMap<String, Module>,
}

#[derive(Clone)]
pub(crate) struct Named {
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    is_public: bool,
    pub(crate) documentation: String,
    /// Fields, variants, methods; a function's own signature.
    pub(crate) members: Vec<String>,
}

/// `pub use path as name`; the path from the crate's root, and `*` for a name is everything.
pub(crate) struct Export {
    path: Vec<String>,
    name: String,
}

pub(crate) fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
    })
}

pub(crate) fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("doc")
            && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("hidden"))
    })
}

fn documentation(attributes: &[Attribute]) -> String {
    let mut text = String::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("doc")) {
        let line = attribute.meta.require_name_value().map(|pair| &pair.value);
        if let Ok(syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(line), .. })) = line {
            writeln!(text, "{}", line.value()).unwrap();
        }
    }
    text
}

fn named(item: &Item) -> Option<Named> {
    let (kind, name, visibility, attributes) = match item {
        Item::Const(it) => ("const", it.ident.to_string(), &it.vis, &it.attrs),
        Item::Enum(it) => ("enum", it.ident.to_string(), &it.vis, &it.attrs),
        Item::Fn(it) => ("fn", it.sig.ident.to_string(), &it.vis, &it.attrs),
        Item::Static(it) => ("static", it.ident.to_string(), &it.vis, &it.attrs),
        Item::Struct(it) => ("struct", it.ident.to_string(), &it.vis, &it.attrs),
        Item::Trait(it) => ("trait", it.ident.to_string(), &it.vis, &it.attrs),
        Item::Type(it) => ("type", it.ident.to_string(), &it.vis, &it.attrs),
        Item::Union(it) => ("union", it.ident.to_string(), &it.vis, &it.attrs),
        _ => return None,
    };
    let documentation = documentation(attributes);
    let is_public = is_public(visibility) && !is_hidden(attributes);
    (!is_for_tests(attributes)).then(|| Named {
        kind,
        name,
        is_public,
        documentation,
        members: members::of(item),
    })
}

/// Every name that a `use` brings, with its path.
fn brought(tree: &UseTree, path: &mut Vec<String>, found: &mut Vec<Export>) {
    match tree {
        UseTree::Path(part) => {
            path.push(part.ident.to_string());
            brought(&part.tree, path, found);
            path.pop();
        }
        UseTree::Name(part) => {
            let name = part.ident.to_string();
            found.push(Export { path: [path.as_slice(), std::slice::from_ref(&name)].concat(), name });
        }
        UseTree::Rename(part) => {
            let path = [path.as_slice(), &[part.ident.to_string()]].concat();
            found.push(Export { path, name: part.rename.to_string() });
        }
        UseTree::Glob(_) => found.push(Export { path: path.clone(), name: "*".to_owned() }),
        UseTree::Group(group) => group.items.iter().for_each(|tree| brought(tree, path, found)),
    }
}

/// The path from the crate's root, of one that is written in the module `here`.
fn from_root(path: &[String], here: &[String]) -> Vec<String> {
    match path[0].as_str() {
        "crate" => path[1..].to_vec(),
        "self" => [here, &path[1..]].concat(),
        "super" => from_root(&path[1..], &here[..here.len() - 1]),
        _ => [here, path].concat(),
    }
}

fn module(file: &Path, folder: &Path, here: &[String]) -> Module {
    let parsed = syn::parse_file(&fs::read_to_string(file).unwrap()).unwrap();
    Module { documentation: documentation(&parsed.attrs), ..read(&parsed.items, folder, here) }
}

/// `folder` is where the files of its modules are.
fn read(items: &[Item], folder: &Path, here: &[String]) -> Module {
    let mut found = Module::default();
    for item in items {
        if let Item::Mod(inner) = item {
            if is_for_tests(&inner.attrs) {
                continue;
            }
            let name = inner.ident.to_string();
            let (path, below) = ([here, std::slice::from_ref(&name)].concat(), folder.join(&name));
            let mut read = match &inner.content {
                Some((_, items)) => read(items, &below, &path),
                None => module(&file_of(folder, &name), &below, &path),
            };
            read.is_public = is_public(&inner.vis) && !is_hidden(&inner.attrs);
            found.modules.insert(name, read);
        }
        if let Item::Impl(block) = item {
            found.own.extend(members::own(block));
        }
        found.items.extend(named(item));
    }
    for item in items {
        let Item::Use(exported) = item else { continue };
        let mut exports = Vec::new();
        brought(&exported.tree, &mut Vec::new(), &mut exports);
        let is_shown = is_public(&exported.vis) && !is_hidden(&exported.attrs);
        let to = if is_shown { &mut found.exports } else { &mut found.uses };
        to.extend(
            exports.into_iter().map(|Export { path, name }| Export { path: from_root(&path, here), name }),
        );
    }
    found
}

fn file_of(folder: &Path, name: &str) -> PathBuf {
    let plain = folder.join(format!("{name}.rs"));
    if plain.is_file() { plain } else { folder.join(name).join("mod.rs") }
}

pub(crate) fn krate() -> Module {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut krate = module(&source.join("lib.rs"), &source, &[]);
    let mut blocks = Vec::new();
    krate.take_blocks(&mut Vec::new(), &mut blocks);
    for (here, Own { of, members }) in blocks {
        if let Some((place, name)) = krate.definition(&here, &of) {
            let items = &mut krate.at_mut(&place).unwrap().items;
            items.iter_mut().find(|item| item.name == name).unwrap().members.extend(members);
        }
    }
    krate
}

impl Module {
    pub(crate) fn at(&self, path: &[String]) -> Option<&Module> {
        path.iter().try_fold(self, |module, part| module.modules.get(part))
    }

    fn at_mut(&mut self, path: &[String]) -> Option<&mut Module> {
        path.iter().try_fold(self, |module, part| module.modules.get_mut(part))
    }

    /// Every `impl` with the module that it stands in.
    fn take_blocks(&mut self, here: &mut Vec<String>, found: &mut Vec<(Vec<String>, Own)>) {
        found.extend(self.own.drain(..).map(|block| (here.clone(), block)));
        for (name, module) in &mut self.modules {
            here.push(name.clone());
            module.take_blocks(here, found);
            here.pop();
        }
    }

    /// The module and the name of what `path` means in the module `here`.
    fn definition(&self, here: &[String], path: &[String]) -> Option<(Vec<String>, String)> {
        let (name, before) = path.split_last()?;
        let place = if before.is_empty() { here.to_vec() } else { from_root(before, here) };
        let module = self.at(&place)?;
        if module.items.iter().any(|item| item.name == *name) {
            return Some((place, name.clone()));
        }
        let brought = module.uses.iter().chain(&module.exports).find(|brought| brought.name == *name)?;
        // One step further, until it stands where it is defined; what is brought from another crate ends there.
        let (last, before) = brought.path.split_last()?;
        (before != place)
            .then(|| self.definition(&[], &[before, std::slice::from_ref(last)].concat()))
            .flatten()
    }

    /// The items of that path: one, more for a glob. What another crate has is not known.
    fn resolve(&self, Export { path, name }: &Export) -> Vec<Named> {
        if name == "*" {
            let all = self.at(path).map(|module| module.items.iter().filter(|item| item.is_public).cloned());
            return all.into_iter().flatten().collect();
        }
        let (last, before) = path.split_last().unwrap();
        let Some(module) = self.at(before) else { return Vec::new() };
        let mut found: Vec<Named> = module.items.iter().filter(|item| item.name == *last).cloned().collect();
        if found.is_empty() {
            // An export of an export.
            let further = module.exports.iter().filter(|export| export.name == *last);
            found = further.flat_map(|export| self.resolve(export)).collect();
        }
        found.into_iter().map(|item| Named { name: name.clone(), ..item }).collect()
    }

    /// What is public at `path`, which is, and below it.
    pub(crate) fn collect(&self, path: &[String], found: &mut BTreeMap<String, Vec<Named>>) {
        let module = self.at(path).unwrap();
        let own = module.items.iter().filter(|item| item.is_public).cloned();
        let mut items: Vec<Named> =
            own.chain(module.exports.iter().flat_map(|export| self.resolve(export))).collect();
        items.sort_by(|left, right| (left.kind, &left.name).cmp(&(right.kind, &right.name)));
        let name = [&["evenkeel".to_owned()], path].concat().join("::");
        found.insert(name, items);
        for (name, _) in module.modules.iter().filter(|(_, module)| module.is_public) {
            self.collect(&[path, std::slice::from_ref(name)].concat(), found);
        }
    }
}
