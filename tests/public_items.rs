//! What can be reached from outside, from the sources: docs/public-items.md lists all of it by module, and what the crate's
//! root re-exports of `supervision` and `memory` has an example.
//!
//! `EVENKEEL_BLESS=1 cargo test --test public_items` writes the list anew.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use syn::{Attribute, Item, UseTree, Visibility};

const MARK: &str = "<!-- The list below is made from the sources by tests/public_items.rs. -->\n";

/// A module with all its items, private ones too: re-exports lead to them.
#[derive(Default)]
struct Module {
    is_public: bool,
    items: Vec<Named>,
    exports: Vec<Export>,
    modules: BTreeMap<String, Module>,
}

#[derive(Clone)]
struct Named {
    kind: &'static str,
    name: String,
    is_public: bool,
    documentation: String,
}

/// `pub use path as name`; the path from the crate's root, and `*` for a name is everything.
struct Export {
    path: Vec<String>,
    name: String,
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
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
    (!is_for_tests(attributes)).then(|| Named { kind, name, is_public: is_public(visibility), documentation })
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
    read(&parsed.items, folder, here)
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
            read.is_public = is_public(&inner.vis);
            found.modules.insert(name, read);
        }
        found.items.extend(named(item));
    }
    for item in items {
        let Item::Use(exported) = item else { continue };
        if is_public(&exported.vis) {
            let mut exports = Vec::new();
            brought(&exported.tree, &mut Vec::new(), &mut exports);
            for Export { path, name } in exports {
                found.exports.push(Export { path: from_root(&path, here), name });
            }
        }
    }
    found
}

fn file_of(folder: &Path, name: &str) -> PathBuf {
    let plain = folder.join(format!("{name}.rs"));
    if plain.is_file() { plain } else { folder.join(name).join("mod.rs") }
}

fn krate() -> Module {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    module(&source.join("lib.rs"), &source, &[])
}

impl Module {
    fn at(&self, path: &[String]) -> Option<&Module> {
        path.iter().try_fold(self, |module, part| module.modules.get(part))
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
    fn collect(&self, path: &[String], found: &mut BTreeMap<String, Vec<Named>>) {
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

fn listed(modules: &BTreeMap<String, Vec<Named>>) -> String {
    let mut list = String::from("\n| module | items |\n| --- | --- |\n");
    let full = modules.iter().filter(|(_, items)| !items.is_empty());
    for (module, items) in full.clone() {
        writeln!(list, "| `{module}` | {} |", items.len()).unwrap();
    }
    let all: usize = modules.values().map(Vec::len).sum();
    writeln!(list, "| all | {all} |").unwrap();
    for (module, items) in full {
        writeln!(list, "\n## `{module}`\n").unwrap();
        for item in items {
            writeln!(list, "- {} `{}`", item.kind, item.name).unwrap();
        }
    }
    list
}

#[test]
fn every_public_item_is_listed() {
    let mut modules = BTreeMap::new();
    krate().collect(&[], &mut modules);
    let names =
        |module: &str| -> BTreeSet<String> { modules[module].iter().map(|item| item.name.clone()).collect() };
    // Found by way of a re-export, of a module within a file, and not at all.
    assert!(names("evenkeel").contains("Supervisor"), "{:?}", names("evenkeel"));
    assert!(names("evenkeel::web").contains("configure"), "{:?}", names("evenkeel::web"));
    assert!(!modules.contains_key("evenkeel::web::gate"), "a private module is not public");
    let list = listed(&modules);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/public-items.md");
    let document = fs::read_to_string(&path).unwrap();
    let (introduction, found) = document.split_once(MARK).expect("docs/public-items.md has lost its mark");
    if std::env::var_os("EVENKEEL_BLESS").is_some() {
        fs::write(&path, format!("{introduction}{MARK}{list}")).unwrap();
    } else {
        assert_eq!(
            found, list,
            "docs/public-items.md is not what is public; EVENKEEL_BLESS=1 writes it anew"
        );
    }
}

/// Whether the documentation shows it at work, or leads to a page of the guide that names it beside its examples.
fn has_an_example(item: &Named, guide: &Module) -> bool {
    let shows = |text: &str| text.contains("```");
    let page = |name: &str| {
        let leads = item.documentation.contains(&format!("guide::{name}"));
        let page = guide.modules[name].items.first().map_or("", |page| &page.documentation);
        leads && shows(page) && page.contains(&item.name)
    };
    shows(&item.documentation) || guide.modules.keys().any(|name| page(name))
}

#[test]
fn what_the_root_exports_of_supervision_and_memory_has_an_example() {
    let krate = krate();
    let mut guide = Module::default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/guide");
    for name in krate.modules["guide"].modules.keys() {
        let text = fs::read_to_string(folder.join(format!("{name}.md"))).unwrap();
        let page = Named { kind: "page", name: name.clone(), is_public: true, documentation: text };
        guide.modules.insert(name.clone(), Module { items: vec![page], ..Module::default() });
    }
    let of_interest = ["supervision", "memory"];
    let exports: Vec<&Export> =
        krate.exports.iter().filter(|export| of_interest.contains(&export.path[0].as_str())).collect();
    assert!(exports.len() > 10, "only {} exports found", exports.len());
    let items = exports.into_iter().flat_map(|export| krate.resolve(export));
    let without: Vec<String> =
        items.filter(|item| !has_an_example(item, &guide)).map(|item| item.name).collect();
    assert!(
        without.is_empty(),
        "{without:?} have no example, and lead to no page of the guide that names them"
    );
}
