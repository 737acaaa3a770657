//! Takes the page's files into the binary: the styles and icons from their folders, the app from where it was built.
//!
//! `BANTER_SITE` names the folder with `banter.js` and `banter.wasm`. Without it the server is built without the app,
//! and its page works as plain forms.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Files that gain less than this from compression are sent as they are.
const WORTHWHILE_BYTES: usize = 256;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed=BANTER_SITE");
    println!("cargo::rerun-if-changed=style");
    println!("cargo::rerun-if-changed=public");
    // The browser's half of the crate has no use for them.
    if std::env::var_os("CARGO_FEATURE_SSR").is_none() {
        return Ok(());
    }
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let mut table = String::from("/// Every file of the page.\nstatic ASSETS: &[Asset] = &[\n");
    for (name, content) in files()? {
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
    for (name, sheet) in [("banter.css", "style/room.css"), ("sheets.css", "style/sheets.css")] {
        files.push((name.to_owned(), styles(Path::new(sheet))?.into_bytes()));
    }
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
        for name in ["banter.js", "banter.wasm"] {
            let path = Path::new(&site).join(name);
            println!("cargo::rerun-if-changed={}", path.display());
            let content = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            files.push((name.to_owned(), content));
        }
    }
    files.sort();
    Ok(files)
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

fn write_asset(out: &Path, name: &str, content: &[u8], table: &mut String) -> Result<(), Box<dyn Error>> {
    let (stem, ending) = name.rsplit_once('.').ok_or(format!("{name} has no ending"))?;
    let hash: String = Sha256::digest(content).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let media_type = match ending {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
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
    let best = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
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
