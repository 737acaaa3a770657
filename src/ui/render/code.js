// The colours of code: which letters are of which kind says Prism, which is put in front of this file when the page is built. The
// elements stay as they are, since the app draws them: the letters are only marked (CSS Custom Highlight API). A browser that cannot
// mark shows code in one colour.

/** How the styles call what Prism calls so. */
const KINDS = {
  comment: 'comment', prolog: 'comment', doctype: 'comment', cdata: 'comment', coord: 'comment',
  string: 'string', char: 'string', 'attr-value': 'string', regex: 'string', url: 'string', inserted: 'string', 'template-string': 'string',
  keyword: 'keyword', boolean: 'keyword', atrule: 'keyword', important: 'keyword', tag: 'keyword', selector: 'keyword', deleted: 'keyword',
  number: 'number', constant: 'number', symbol: 'number', 'attr-name': 'number', property: 'number', variable: 'number', key: 'number',
  function: 'name', 'class-name': 'name', builtin: 'name', macro: 'name', table: 'name', attribute: 'name', lifetime: 'name',
};
/** Longer code is left as it is: nobody waits for its colours. */
const LONGEST = 20_000;
const NAMES = { html: 'markup', xml: 'markup', svg: 'markup', js: 'javascript', ts: 'typescript', rs: 'rust', py: 'python', sh: 'bash',
  shell: 'bash', yml: 'yaml', rb: 'ruby', kt: 'kotlin', cs: 'csharp', dockerfile: 'docker', 'c++': 'cpp' };

/** So many codes are remembered; then it begins anew. */
const MOST_KNOWN = 200;

/** Where what kind is, by the text of the code. @type {Map<string, [number, number, string][]>} */
const known = new Map();

/** Colours all code that is on the page. */
export function colour() {
  if (!('highlights' in CSS)) return;
  /** @type {Map<string, Highlight>} */
  const marks = new Map([...new Set(Object.values(KINDS))].map((kind) => [kind, new Highlight()]));
  for (const code of document.querySelectorAll('pre code[class^="language-"]')) {
    const letters = code.firstChild;
    if (letters?.nodeType !== Node.TEXT_NODE) continue;
    for (const [from, to, kind] of kindsOf(code.className.slice('language-'.length).toLowerCase(), letters.data)) {
      const range = new StaticRange({ startContainer: letters, startOffset: from, endContainer: letters, endOffset: to });
      marks.get(kind)?.add(range);
    }
  }
  for (const [kind, mark] of marks) CSS.highlights.set(`code-${kind}`, mark);
}

/** @param {string} language @param {string} text */
function kindsOf(language, text) {
  const grammar = Prism.languages[NAMES[language] ?? language];
  if (typeof grammar !== 'object' || text.length > LONGEST) return [];
  const key = `${language}\n${text}`;
  const found = known.get(key) ?? kinds(Prism.tokenize(text, grammar), 0);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, found);
  return found;
}

/**
 * What is inside of a token may be of a kind of its own; what is not is of the token's.
 *
 * @param {(string | Prism.Token)[]} tokens
 * @param {number} from
 * @param {string} [outer]
 * @returns {[number, number, string][]}
 */
function kinds(tokens, from, outer) {
  return tokens.flatMap((token) => {
    const [start, kind] = [from, typeof token === 'string' ? outer : KINDS[token.type] ?? outer];
    from += token.length;
    if (typeof token !== 'string' && typeof token.content !== 'string') return kinds([token.content].flat(), start, kind);
    return kind ? [[start, from, kind]] : [];
  });
}
