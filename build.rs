//! Takes the page's files into the binary: the styles and icons from their folders, the app from where it was built.
//!
//! `BANTER_SITE` names the folder with the app (`banter.js`, `banter.wasm`, `code.js`) and the page's scripts made small. Without it
//! the server is built without the app, its page works as plain forms, and the scripts are as they were written.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Files that gain less than this from compression are sent as they are.
const WORTHWHILE_BYTES: usize = 256;
/// What the page does until its app has come.
const EARLY: &str = "src/ui/render/early.js";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed=BANTER_SITE");
    println!("cargo::rerun-if-changed=style");
    println!("cargo::rerun-if-changed=public");
    println!("cargo::rerun-if-changed={EARLY}");
    // The browser's half of the crate has no use for them.
    if std::env::var_os("CARGO_FEATURE_SSR").is_none() {
        return Ok(());
    }
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let mut table = String::from("/// Every file of the page.\nstatic ASSETS: &[Asset] = &[\n");
    for (name, content) in files()? {
        if name == "early.js" {
            // It stands in the page itself.
            fs::write(out.join(name), content)?;
            continue;
        }
        write_asset(&out, &name, &content, &mut table)?;
    }
    table.push_str("];\n");
    fs::write(out.join("assets.rs"), table)?;
    Ok(())
}

/// Names and contents.
type Files = Vec<(String, Vec<u8>)>;

fn files() -> Result<Files, Box<dyn Error>> {
    let mut files: Files = Vec::new();
    // Whoever comes to a room does not pay for the pages of forms.
    for (name, sheet) in
        [("banter.css", "style/room.css"), ("sheets.css", "style/sheets.css"), ("tools.css", "style/tools.css")]
    {
        files.push((name.to_owned(), bare(&styles(Path::new(sheet))?).into_bytes()));
    }
    files.push(("emoji.txt".to_owned(), emoji().into_bytes()));
    files.push(("early.js".to_owned(), fs::read(EARLY)?));
    for entry in fs::read_dir("public")? {
        let path = entry?.path();
        files.push((file_name(&path), fs::read(&path)?));
    }
    if let Some(site) = std::env::var_os("BANTER_SITE").filter(|site| !site.is_empty()) {
        if Path::new(&site).join("snippets").exists() {
            return Err(
                "a dependency brings JavaScript of its own (snippets), which is not served: see assets.rs".into()
            );
        }
        for name in ["banter.js", "banter.wasm", "code.js", "early.js", "news.js", "tools.js", "wants.js"] {
            let path = Path::new(&site).join(name);
            println!("cargo::rerun-if-changed={}", path.display());
            let content = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            // In the place of what it was made from.
            files.retain(|(other, _)| other != name);
            files.push((name.to_owned(), content));
        }
    }
    files.sort();
    Ok(files)
}

/// One emoji on each line: itself, its group, and what it is called.
fn emoji() -> String {
    let mut lines = String::new();
    for emoji in emojis::iter() {
        let group = format!("{:?}", emoji.group());
        let group = group.chars().enumerate().fold(String::new(), |mut words, (at, letter)| {
            words.extend((at > 0 && letter.is_uppercase()).then_some(' '));
            words.push(if at > 0 { letter.to_ascii_lowercase() } else { letter });
            words
        });
        let name = emoji
            .name()
            .to_lowercase()
            .replace([' ', '-'], "_")
            .replace([':', '\u{201C}', '\u{201D}', ',', '\u{2019}'], "");
        let codes = emoji.shortcodes().filter(|code| *code != name).collect::<Vec<_>>().join("\t");
        lines.push_str(format!("{emoji}\t{group}\t{name}\t{codes}").trim_end());
        lines.push('\n');
    }
    lines
}

/// A style sheet with the sheets that it imports in their place.
fn styles(sheet: &Path) -> Result<String, Box<dyn Error>> {
    let text = fs::read_to_string(sheet).map_err(|error| format!("{}: {error}", sheet.display()))?;
    let mut whole = String::new();
    for line in text.lines() {
        match line.strip_prefix("@import \"").and_then(|rest| rest.strip_suffix("\";")) {
            Some(import) => whole.push_str(&styles(&sheet.with_file_name(import))?),
            None => writeln!(whole, "{line}")?,
        }
    }
    Ok(whole)
}

/// Without what only those who read the source need.
fn bare(styles: &str) -> String {
    let mut bare = String::new();
    let mut rest = styles;
    while let Some((before, comment)) = rest.split_once("/*") {
        bare.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    bare.push_str(rest);
    bare.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn write_asset(out: &Path, name: &str, content: &[u8], table: &mut String) -> Result<(), Box<dyn Error>> {
    let (stem, ending) = name.rsplit_once('.').ok_or(format!("{name} has no ending"))?;
    let hash: String = Sha256::digest(content).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let media_type = match ending {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        other => return Err(format!("{name}: what media type has .{other}?").into()),
    };
    fs::write(out.join(name), content)?;
    let brotli = write_smaller(out, &format!("{name}.br"), content, brotli(content)?)?;
    let gzip = write_smaller(out, &format!("{name}.gz"), content, gzip(content)?)?;
    let hashed = format!("{stem}.{hash}.{ending}");
    let plain = format!("include_bytes!(concat!(env!(\"OUT_DIR\"), {:?}))", format!("/{name}"));
    writeln!(
        table,
        "    Asset {{ name: {name:?}, hashed: {hashed:?}, media_type: {media_type:?}, plain: {plain}, brotli: {brotli}, gzip: {gzip} }},"
    )?;
    Ok(())
}

/// Keeps a compressed form if it is worth it; answers with the expression that takes it in.
fn write_smaller(out: &Path, name: &str, plain: &[u8], smaller: Vec<u8>) -> Result<String, Box<dyn Error>> {
    if smaller.len() + WORTHWHILE_BYTES > plain.len() {
        return Ok("None".to_owned());
    }
    fs::write(out.join(name), smaller)?;
    Ok(format!("Some(include_bytes!(concat!(env!(\"OUT_DIR\"), {:?})))", format!("/{name}")))
}

fn brotli(content: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut smaller = Vec::new();
    // In blocks of 4 MB, which is one for each file.
    let best = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, lgblock: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &*content, &mut smaller, &best)?;
    Ok(smaller)
}

fn gzip(content: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
