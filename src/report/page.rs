//! A stored report as a complete HTML page: what stands before, between and after its artifacts.
//!
//! The artifacts themselves are streamed by whoever serves the page. A style sheet or a script passes an [`Embedder`]
//! on its way, because an imported report may hold anything, the end of its own element included.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::artifact;
use super::language::Language;
use super::locale::Locale;
use super::text::{Key, TextError};
use crate::persistence::messages::ArtifactName;

/// What surrounds the article on a page of its own; the article brings its own style.
const PAGE_STYLE: &str = "html{color-scheme:light dark;background:#f4f1ea}body{margin:0}\
.ek-bar{box-sizing:border-box;justify-content:flex-end;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;max-width:76rem;margin:0 auto;padding:.5rem 1.25rem 0;\
font:.875rem/1.5 system-ui,sans-serif}.ek-bar a{color:#3b3a36;padding:.25rem 0}\
.ek-bar a[aria-current]{font-weight:600;text-decoration:none}\
@media(prefers-color-scheme:dark){html{background:#101317}.ek-bar a{color:#c9ccd1}}@page{margin:14mm 12mm}@media print{.ek-bar{display:none}}";

/// One piece of a page, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PagePart {
    /// Written as it is.
    Text(String),
    /// The artifact of that name, its chunks in order, each passed through an [`Embedder`] for that place.
    Artifact(ArtifactName, Place),
}

/// Where in a page an artifact stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the document itself: passed through unchanged.
    Body,
    /// Inside a `<style>` element.
    Style,
    /// Inside a `<script>` element.
    Script,
}

/// What a page says about the report besides the report.
#[derive(Debug, Clone)]
pub struct PageHead {
    /// The report's id, for links.
    pub id: i32,
    /// The time that readers see.
    pub created_at: Timestamp,
    /// The zone in which the title tells it.
    pub zone: TimeZone,
    /// The languages that it is there in.
    pub languages: Vec<Language>,
}

/// The page of the report viewer, with links to the other language and to the list of reports.
pub fn viewer(head: &PageHead, language: Language) -> Result<Vec<PagePart>, TextError> {
    let locale = Locale { language, zone: head.zone.clone() };
    let all = locale.text(Key::PAGE_ALL_REPORTS)?;
    let label = locale.text(Key::PAGE_LANGUAGES)?;
    let mut bar = format!("<nav class=\"ek-bar\" aria-label=\"{label}\"><a href=\"../reports\">{all}</a>");
    for other in &head.languages {
        let other = *other;
        let current = if other == language { " aria-current=\"true\"" } else { "" };
        let (id, name) = (head.id, other.own_name());
        bar.push_str(&format!(
            "<a href=\"{id}?lang={other}\" hreflang=\"{other}\" lang=\"{other}\"{current}>{name}</a>"
        ));
    }
    bar.push_str("</nav>\n");
    page(head, &locale, &bar)
}

/// A page that stands alone in a file: it needs nothing but itself.
pub fn export(head: &PageHead, language: Language) -> Result<Vec<PagePart>, TextError> {
    page(head, &Locale { language, zone: head.zone.clone() }, "")
}

fn page(head: &PageHead, locale: &Locale, bar: &str) -> Result<Vec<PagePart>, TextError> {
    let date = locale.date_time(head.created_at);
    let title = locale.text_with(Key::PAGE_TITLE, &[("date", &date)])?;
    let language = locale.language;
    Ok(vec![
        PagePart::Text(format!(
            "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title} · Evenkeel</title>\n\
             <style>{PAGE_STYLE}</style>\n<style>\n"
        )),
        PagePart::Artifact(artifact::CSS, Place::Style),
        PagePart::Text(format!("</style>\n</head>\n<body>\n{bar}<main>\n")),
        PagePart::Artifact(artifact::html(language), Place::Body),
        PagePart::Text("\n</main>\n<script>\n".to_owned()),
        PagePart::Artifact(artifact::js(language), Place::Script),
        PagePart::Text("</script>\n</body>\n</html>\n".to_owned()),
    ])
}

/// Makes chunks safe for their place: no `</style` ends a style sheet and no `</script` or `<!--` a script early.
///
/// The `<` of such a sequence is written as an escape that means the same inside a string, which is the only place
/// where it can occur in a style sheet or script that works. A sequence may be cut by the end of a chunk: its
/// beginning is held back until the rest is there, at most 8 bytes.
#[derive(Debug)]
pub struct Embedder {
    place: Place,
    held: Vec<u8>,
}

impl Embedder {
    /// An embedder for one artifact.
    pub fn new(place: Place) -> Self {
        Self { place, held: Vec::new() }
    }

    /// The chunk as it may be written, preceded by what was held back of the chunk before.
    pub fn push(&mut self, chunk: Vec<u8>) -> Vec<u8> {
        if self.place == Place::Body {
            return chunk;
        }
        let mut input = std::mem::take(&mut self.held);
        input.extend_from_slice(&chunk);
        let mut out = Vec::with_capacity(input.len() + 16);
        let mut rest = &input[..];
        while let Some(position) = rest.iter().position(|byte| *byte == b'<') {
            let (before, from) = rest.split_at(position);
            out.extend_from_slice(before);
            match self.danger(from) {
                Danger::None => out.push(b'<'),
                Danger::Certain => out.extend_from_slice(self.escape()),
                Danger::Possible => {
                    self.held = from.to_vec();
                    return out;
                }
            }
            rest = &from[1..];
        }
        out.extend_from_slice(rest);
        out
    }

    /// What is still held back after the last chunk.
    pub fn finish(self) -> Vec<u8> {
        self.held
    }

    fn sequences(&self) -> &'static [&'static [u8]] {
        match self.place {
            Place::Body => &[],
            Place::Style => &[b"</style"],
            Place::Script => &[b"</script", b"<script", b"<!--"],
        }
    }

    fn escape(&self) -> &'static [u8] {
        if self.place == Place::Style { b"\\3C " } else { b"\\x3C" }
    }

    /// What the text that begins with `<` may be the beginning of.
    fn danger(&self, from: &[u8]) -> Danger {
        let mut danger = Danger::None;
        for sequence in self.sequences() {
            let shared = from.len().min(sequence.len());
            if from[..shared].eq_ignore_ascii_case(&sequence[..shared]) {
                if shared == sequence.len() {
                    return Danger::Certain;
                }
                danger = Danger::Possible;
            }
        }
        danger
    }
}

/// Whether a `<` begins something that must not be written.
enum Danger {
    None,
    Certain,
    /// The chunk ends before it can be told.
    Possible,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn embedded(place: Place, text: &str, chunk: usize) -> String {
        let mut embedder = Embedder::new(place);
        let mut out: Vec<u8> =
            text.as_bytes().chunks(chunk).flat_map(|part| embedder.push(part.to_vec())).collect();
        out.extend(embedder.finish());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn nothing_ends_its_element_early_wherever_a_chunk_ends() {
        for (place, text, expected) in [
            (
                Place::Script,
                r#"a="</SCRIPT>";b="<!--<script>";"#,
                r#"a="\x3C/SCRIPT>";b="\x3C!--\x3Cscript>";"#,
            ),
            (Place::Script, "if(a<b&&c</s/.x){}", "if(a<b&&c</s/.x){}"),
            (Place::Script, "tail </scrip", "tail </scrip"),
            (Place::Style, "a{content:'</style>'}", "a{content:'\\3C /style>'}"),
            (Place::Style, "a{content:'</script>'}", "a{content:'</script>'}"),
            (Place::Body, "<p></script></p>", "<p></script></p>"),
        ] {
            for chunk in 1..=text.len() {
                assert_eq!(embedded(place, text, chunk), expected, "in chunks of {chunk}");
            }
        }
    }

    #[test]
    fn a_page_holds_the_artifacts_of_its_language_in_their_places() {
        let head = PageHead {
            id: 7,
            created_at: "2026-04-24T00:45:00Z".parse().unwrap(),
            zone: TimeZone::UTC,
            languages: Language::ALL.to_vec(),
        };
        let parts = viewer(&head, Language::En).unwrap();
        let artifacts: Vec<_> = parts
            .iter()
            .filter_map(|part| match part {
                PagePart::Artifact(name, place) => Some((*name, *place)),
                PagePart::Text(_) => None,
            })
            .collect();
        assert_eq!(artifacts, [("css", Place::Style), ("html_en", Place::Body), ("js_en", Place::Script)]);
        let PagePart::Text(prefix) = &parts[0] else { panic!("a page begins with text") };
        assert!(
            prefix.contains("<html lang=\"en\">") && prefix.contains("<title>Market note 24 Apr 2026 00:45")
        );
        let text = format!("{parts:?}");
        assert!(text.contains("7?lang=vi") && text.contains("../reports"), "{text}");
        assert!(!format!("{:?}", export(&head, Language::En).unwrap()).contains("../reports"));
    }
}
