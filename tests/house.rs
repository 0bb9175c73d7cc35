//! Checks the rules that the compiler does not: which module may import which, and which may use which library. The
//! reasons are in ARCHITECTURE.md.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{
    Attribute, Item, ItemExternCrate, ItemMod, ItemUse, Macro, Meta, MetaList, UseTree, Visibility,
};

/// Each module and what it may import; always downwards.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    ("fuzzing", &["http", "gateway", "store", "config", "event_file", "domain"]),
    (
        "cli",
        &[
            "doctor",
            "server",
            "export",
            "event_file",
            "control",
            "wire",
            "discovery",
            "store",
            "telemetry",
            "network",
            "hotspot",
            "unit",
            "config",
            "domain",
        ],
    ),
    ("doctor", &["wire", "store", "discovery", "network", "hotspot", "unit", "config", "domain"]),
    (
        "server",
        &[
            "control",
            "export",
            "http",
            "gateway",
            "wire",
            "hub",
            "store",
            "identity",
            "discovery",
            "network",
            "door",
            "metrics",
            "budget",
            "telemetry",
            "unit",
            "config",
            "domain",
        ],
    ),
    (
        "http",
        &[
            "control",
            "export",
            "wire",
            "hub",
            "store",
            "identity",
            "discovery",
            "network",
            "door",
            "tcp",
            "metrics",
            "budget",
            "timeouts",
            "config",
            "domain",
            "sync",
        ],
    ),
    (
        "control",
        &[
            "event_file",
            "wire",
            "hub",
            "store",
            "identity",
            "discovery",
            "network",
            "budget",
            "config",
            "domain",
        ],
    ),
    (
        "gateway",
        &[
            "wire", "hub", "identity", "door", "tcp", "metrics", "budget", "timeouts", "domain",
            "sync",
        ],
    ),
    ("event_file", &["domain"]),
    ("export", &["store", "domain"]),
    ("wire", &["hub", "discovery", "domain"]),
    ("hub", &["store", "domain", "sync"]),
    ("store", &["metrics", "domain", "sync"]),
    ("identity", &["domain"]),
    ("discovery", &["network", "config", "domain"]),
    ("door", &["network", "config", "domain", "sync"]),
    ("network", &["config", "sync"]),
    ("tcp", &["timeouts", "domain", "sync"]),
    ("timeouts", &[]),
    ("budget", &[]),
    ("metrics", &["sync"]),
    ("telemetry", &["domain", "sync"]),
    ("hotspot", &["config"]),
    ("unit", &[]),
    ("config", &["domain", "sync"]),
    ("domain", &["sync"]),
    ("sync", &[]),
];

/// Libraries that only one module may know.
const ONLY_IN: &[(&str, &str)] = &[
    ("socketioxide", "gateway"),
    ("rusqlite", "store"),
    ("jwt_compact", "identity"),
    ("hmac", "identity"),
    ("sha2", "identity export"),
    ("base64", "identity"),
    ("argon2", "hub"),
    ("systemd_journal_logger", "telemetry"),
    ("clap", "cli"),
    ("qrcodegen", "cli"),
    ("sd_notify", "server"),
    ("listenfd", "server"),
    ("rust_embed", "http"),
    ("socket2", "tcp http server discovery"),
    ("mdns_sd", "discovery"),
    ("if_addrs", "network discovery"),
];

/// Crates and modules that the pure code must not use: I/O, clocks, randomness, wire formats.
const NOT_IN_DOMAIN: &[&str] = &[
    "tokio",
    "serde",
    "serde_json",
    "tracing",
    "getrandom",
    "std::fs",
    "std::io",
    "std::net",
    "std::thread",
    "SystemTime",
    "Instant",
];

/// A source file: the top-level module it belongs to, and what it names outside its tests.
struct Source {
    module: String,
    path: PathBuf,
    /// Each path as it is written, with `::` between its segments: `crate::store::Reader`.
    names: Vec<String>,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    let named = |path: PathBuf| {
        let module = module_of(path.strip_prefix(&root).unwrap());
        let names = names(&fs::read_to_string(&path).unwrap(), &module);
        // The crate's root counts as a module: `lib`, or `main`.
        let module = module.first().map_or("lib", String::as_str).to_owned();
        Source { module, path, names }
    };
    files.into_iter().filter(|path| !path.ends_with("tests.rs")).map(named).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            files.push(path);
        }
    }
}

/// The module that a file below `src` is, from the crate's root: `["gateway", "upgrade"]`.
fn module_of(path: &Path) -> Vec<String> {
    let parts = path.with_extension("");
    let parts = parts.iter().map(|part| part.to_str().unwrap().to_owned());
    parts.filter(|part| part != "lib").collect()
}

/// The paths that a file of this module names, those of our own from the crate's root on: `super::x` in
/// `crate::hub::join` is `crate::hub::x`. Items for tests are left out, and nothing else.
fn names(text: &str, module: &[String]) -> Vec<String> {
    let mut names = Names { module: module.to_vec(), found: Vec::new() };
    names.visit_file(&syn::parse_file(text).expect("the compiler has read it"));
    names.found
}

struct Names {
    /// The module of the visited item.
    module: Vec<String>,
    found: Vec<String>,
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.add_tree("", &item.tree);
    }

    fn visit_item_extern_crate(&mut self, item: &'ast ItemExternCrate) {
        let name = if item.ident == "self" { "crate".to_owned() } else { item.ident.to_string() };
        self.add(&format!("{name}::self"));
    }

    /// `pub(crate)` imports nothing.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments = path.segments.iter().map(|segment| segment.ident.to_string());
        self.add(&segments.collect::<Vec<_>>().join("::"));
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.add_tokens(&call.tokens.to_string());
        visit::visit_macro(self, call);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Meta::List(list) = &attribute.meta {
            self.add_tokens(&list.tokens.to_string());
        }
        visit::visit_attribute(self, attribute);
    }
}

impl Names {
    fn add_tree(&mut self, before: &str, tree: &UseTree) {
        match tree {
            UseTree::Path(path) => self.add_tree(&format!("{before}{}::", path.ident), &path.tree),
            UseTree::Name(name) => self.add(&format!("{before}{}", name.ident)),
            // With `self`, so that `use colahub as root` is not taken for the word alone.
            UseTree::Rename(name) => self.add(&format!("{before}{}::self", name.ident)),
            UseTree::Glob(_) => self.add(&format!("{before}*")),
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.add_tree(before, tree));
            }
        }
    }

    /// The body of a macro call is not parsed, but its words and their `::` are there.
    fn add_tokens(&mut self, tokens: &str) {
        let joined = tokens.replace(" :: ", "::");
        let words = joined.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
        words.filter(|word| !word.is_empty()).for_each(|word| self.add(word));
    }

    /// Adds a path as it is written. To the program, `main`, the library is another crate.
    fn add(&mut self, path: &str) {
        let mut segments = path.split("::").filter(|segment| !segment.is_empty()).peekable();
        let mut base = self.module.clone();
        let mut is_relative = false;
        while let Some(word) = segments.next_if(|word| matches!(*word, "self" | "super")) {
            is_relative = true;
            if word == "super" {
                base.pop();
            }
        }
        let is_ours = |word: &&str| *word == "crate" || *word == "colahub" && path.contains("::");
        if segments.next_if(is_ours).is_some() {
            is_relative = true;
            base.clear();
        }
        let root = is_relative.then(|| "crate".to_owned());
        let base = if is_relative { base } else { Vec::new() };
        // `use super::{self, x}` names the parent itself.
        let rest = segments.filter(|word| *word != "self").map(ToOwned::to_owned);
        self.found.push(root.into_iter().chain(base).chain(rest).collect::<Vec<_>>().join("::"));
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Whether an item is built for tests only: `#[cfg(test)]`.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    let is_cfg_test =
        |list: &MetaList| list.path.is_ident("cfg") && list.tokens.to_string() == "test";
    attributes.iter().any(|one| matches!(&one.meta, Meta::List(list) if is_cfg_test(list)))
}

/// The modules of our own among these names.
fn imports(names: &[String]) -> BTreeSet<&str> {
    let inside = names.iter().filter_map(|name| name.strip_prefix("crate::"));
    inside.filter_map(|name| name.split("::").next()).collect()
}

/// Whether the crate's root is imported as a whole, which would hide what is used from it.
fn names_the_root(names: &[String]) -> bool {
    names.iter().any(|name| name == "crate" || name == "crate::*")
}

#[test]
fn imports_are_seen_in_every_spelling() {
    let text = "use crate::{server, telemetry::init};\nuse crate::config::Config;\n
        fn f() { crate::tcp::x(); assert!(crate::hub::is()); }";
    let names = names(text, &[]);
    assert_eq!(imports(&names), BTreeSet::from(["config", "hub", "server", "tcp", "telemetry"]));
}

#[test]
fn a_path_over_the_parents_is_seen_as_one_from_the_root() {
    let text = "use super::super::store::Reader;
        use super::{self, super::{cli, wire::Room}, join};
        use self::here::There;
        fn f() { super::super::door::x(); assert!(super::super::tcp::is(super::say())); }
        impl super::super::budget::Of for X {}
        mod inside { use super::super::super::config; }
        mod beside { use super::super::names; }";
    let names = names(text, &module_of(Path::new("hub/run.rs")));
    let others = ["budget", "cli", "config", "door", "store", "tcp", "wire"];
    assert_eq!(imports(&names), ["hub"].into_iter().chain(others).collect());
    for ours in ["join", "names", "run::here::There", "say"] {
        assert!(names.contains(&format!("crate::hub::{ours}")), "{ours}: {names:?}");
    }
}

#[test]
fn the_root_itself_is_not_imported() {
    for text in [
        "use super::super::*;",
        "use crate as root;",
        "use super::{super as root};",
        "use colahub as root;",
        "extern crate self as root;",
        "extern crate colahub as root;",
    ] {
        assert!(names_the_root(&names(text, &module_of(Path::new("hub/run.rs")))), "{text}");
    }
    let inside = module_of(Path::new("hub/run.rs"));
    assert!(!names_the_root(&names("use super::*; use crate::hub;", &inside)));
}

#[test]
fn a_library_is_seen_under_another_name() {
    for text in
        ["use rusqlite as db;", "extern crate rusqlite as db;", "use rusqlite::{self as db};"]
    {
        assert_eq!(names(text, &[]), ["rusqlite"], "{text}");
    }
}

#[test]
fn only_what_is_for_tests_is_left_out() {
    let text = "#[cfg(test)] use crate::store::Memory;
        #[cfg(test)] fn helper() { crate::control::ask('{') }
        pub fn f() -> crate::config::Config {}
        #[cfg(test)] mod tests { use crate::server; }
        use crate::hub;";
    assert_eq!(imports(&names(text, &[])), BTreeSet::from(["config", "hub"]));
}

#[test]
fn imports_point_down() {
    let rules: BTreeMap<_, _> = MAY_IMPORT.iter().copied().collect();
    let mut wrong = Vec::new();
    for Source { module, path, names } in sources() {
        if module == "lib" {
            continue;
        }
        let allowed = rules.get(module.as_str()).unwrap_or_else(|| {
            panic!("{module} has no place in the house: give it one here and in ARCHITECTURE.md")
        });
        if names_the_root(&names) {
            wrong.push(format!("{}: name what is imported from the crate", path.display()));
        }
        for import in imports(&names) {
            if import != module && rules.contains_key(import) && !allowed.contains(&import) {
                wrong.push(format!("{}: {module} must not import {import}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_rules_themselves_point_down() {
    for (index, (module, imports)) in MAY_IMPORT.iter().enumerate() {
        for import in *imports {
            let place = MAY_IMPORT.iter().position(|(name, _)| name == import);
            assert!(place > Some(index), "{module} imports {import}, which is not below it");
        }
    }
}

#[test]
fn a_library_is_used_only_where_it_belongs() {
    for Source { module, path, names } in sources() {
        for (library, homes) in ONLY_IN {
            let is_home = homes.split(' ').any(|home| home == module);
            let is_used = names.iter().any(|name| name.split("::").next() == Some(library));
            assert!(is_home || !is_used, "{} uses {library}", path.display());
        }
    }
}

#[test]
fn the_domain_is_pure() {
    for Source { module, path, names } in sources() {
        for word in NOT_IN_DOMAIN.iter().filter(|_| module == "domain") {
            let is_named = |name: &String| {
                name == word
                    || name.starts_with(&format!("{word}::"))
                    || name.ends_with(&format!("::{word}"))
            };
            assert!(!names.iter().any(is_named), "{} uses {word}", path.display());
        }
    }
}

/// The most lines of a file, and of a function.
const FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 80;

#[test]
fn no_file_and_no_function_is_too_long_to_be_read_at_once() {
    let mut files = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut wrong = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let count = text.lines().count();
        if count > FILE_LINES {
            wrong.push(format!("{} has {count} lines", path.display()));
        }
        let mut functions = Functions::default();
        functions.visit_file(&syn::parse_file(&text).unwrap());
        for (name, lines) in functions.0.into_iter().filter(|(_, lines)| *lines > FUNCTION_LINES) {
            wrong.push(format!("{}: {name} has {lines} lines", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Functions with their lines.
#[derive(Default)]
struct Functions(Vec<(String, usize)>);

impl Functions {
    fn add(&mut self, name: &syn::Ident, body: &syn::Block) {
        let braces = body.brace_token.span;
        let lines = braces.close().end().line - name.span().start().line + 1;
        self.0.push((name.to_string(), lines));
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.add(&function.sig.ident, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.add(&function.sig.ident, &function.block);
        visit::visit_impl_item_fn(self, function);
    }
}

/// anyhow prints an error and then its source, so an error whose sentence contains the cause must not also have it as
/// its source.
#[test]
fn no_error_tells_its_cause_twice() {
    let mut files = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    for path in files {
        let mut twice = Twice::default();
        twice.visit_file(&syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap());
        assert!(twice.0.is_empty(), "{}: {:?}", path.display(), twice.0);
    }
}

/// Errors that tell their cause twice, by their sentence.
#[derive(Default)]
struct Twice(Vec<String>);

impl Twice {
    fn check(&mut self, attributes: &[Attribute], fields: &syn::Fields) {
        let sentence = attributes.iter().find_map(|one| match &one.meta {
            Meta::List(list) if list.path.is_ident("error") => Some(list.tokens.to_string()),
            _ => None,
        });
        let Some(sentence) = sentence else { return };
        for (number, field) in fields.iter().enumerate() {
            let name = field.ident.as_ref().map_or(number.to_string(), ToString::to_string);
            let is_source = name == "source"
                || field
                    .attrs
                    .iter()
                    .any(|a| a.path().is_ident("source") || a.path().is_ident("from"));
            if is_source && sentence.contains(&format!("{{{name}")) {
                self.0.push(sentence.clone());
            }
        }
    }
}

impl<'ast> Visit<'ast> for Twice {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.check(&item.attrs, &item.fields);
    }

    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        self.check(&variant.attrs, &variant.fields);
    }
}

/// By pipefail, a command that still speaks when `grep -q` has found what it looks for has failed.
#[test]
fn no_script_pipes_into_a_grep_that_hangs_up() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec![root.join("dev"), root.join(".ci/run")];
    for folder in ["tests", "packaging"] {
        collect(&root.join(folder), &mut files);
    }
    let ours = |path: &PathBuf| path.iter().all(|part| part != "node_modules" && part != ".venv");
    for path in files.into_iter().filter(ours) {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        if text.starts_with("#!") || path.extension().is_some_and(|end| end == "sh") {
            let hangs_up = text.lines().find(|line| line.contains("| grep -q"));
            assert_eq!(hangs_up, None, "{}: use <<<\"$(…)\"", path.display());
        }
    }
}

#[test]
fn the_unsafe_code_lint_stands() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    assert!(lib.contains("#![forbid(unsafe_code)]"));
}
