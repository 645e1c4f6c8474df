//! What an item has: fields, variants, methods, each as it is written in the source.

use syn::spanned::Spanned;
use syn::{Fields, ImplItem, Item, ItemImpl, Signature, TraitItem, Visibility};

use crate::sources::{is_hidden, is_public};

/// An `impl` of a type's own.
pub(crate) struct Own {
    /// The type, as it is named there.
    pub(crate) of: Vec<String>,
    pub(crate) members: Vec<String>,
}

/// The source on one line.
fn written(node: &impl Spanned) -> String {
    node.span().source_text().unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The signature on one line.
fn signature(signature: &Signature) -> String {
    written(signature).replace("( ", "(").replace(", )", ")").replace(" .", ".")
}

fn fields(fields: &Fields, all: bool) -> Vec<String> {
    let shown = fields.iter().filter(|field| (all || is_public(&field.vis)) && !is_hidden(&field.attrs));
    shown
        .map(|field| match &field.ident {
            Some(name) => format!("{name}: {}", written(&field.ty)),
            None => written(&field.ty),
        })
        .collect()
}

/// What the item itself says that it has.
pub(crate) fn of(item: &Item) -> Vec<String> {
    match item {
        Item::Struct(it) => fields(&it.fields, false),
        Item::Enum(it) => it
            .variants
            .iter()
            .map(|variant| match (&variant.fields, fields(&variant.fields, true).join(", ")) {
                (Fields::Named(_), inner) => format!("{} {{ {inner} }}", variant.ident),
                (Fields::Unnamed(_), inner) => format!("{}({inner})", variant.ident),
                (Fields::Unit, _) => variant.ident.to_string(),
            })
            .collect(),
        Item::Trait(it) => it
            .items
            .iter()
            .filter_map(|item| match item {
                TraitItem::Fn(method) => Some(signature(&method.sig)),
                _ => None,
            })
            .collect(),
        Item::Fn(it) => vec![signature(&it.sig)],
        Item::Const(it) => vec![format!("{}: {}", it.ident, written(&it.ty))],
        Item::Static(it) => vec![format!("{}: {}", it.ident, written(&it.ty))],
        Item::Type(it) => vec![format!("{} = {}", it.ident, written(&it.ty))],
        _ => Vec::new(),
    }
}

/// What an `impl` without a trait adds; nothing where that is nothing for programs outside.
pub(crate) fn own(block: &ItemImpl) -> Option<Own> {
    let syn::Type::Path(path) = &*block.self_ty else { return None };
    let of = path.path.segments.iter().map(|part| part.ident.to_string()).collect();
    let open = |visibility: &Visibility, attributes: &[syn::Attribute]| {
        is_public(visibility) && !is_hidden(attributes)
    };
    let members: Vec<String> = block
        .items
        .iter()
        .filter_map(|item| match item {
            ImplItem::Fn(it) if open(&it.vis, &it.attrs) => Some(signature(&it.sig)),
            ImplItem::Const(it) if open(&it.vis, &it.attrs) => {
                Some(format!("const {}: {}", it.ident, written(&it.ty)))
            }
            _ => None,
        })
        .collect();
    (block.trait_.is_none() && !members.is_empty()).then_some(Own { of, members })
}
