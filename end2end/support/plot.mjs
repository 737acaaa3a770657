// Plots as SVG, so small that they can be read in a diff.

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [640, 320, 70, 60, 40];
const COLOURS = ['#2563eb', '#d97706', '#059669', '#dc2626', '#7c3aed'];

/**
 * Lines over a logarithmic axis of how much there is; from nothing upwards.
 *
 * @param {string} title
 * @param {string} below  what is counted below
 * @param {Record<string, [number, number][]>} series
 */
export function curves(title, below, series) {
  const points = Object.values(series).flat();
  const [least, most] = [Math.min(...points.map(([x]) => x)), Math.max(...points.map(([x]) => x))];
  const top = 1.1 * Math.max(...points.map(([, y]) => y));
  const x = (/** @type {number} */ value) => LEFT + (WIDTH - LEFT - 20) * (most > least ? Math.log(value / least) / Math.log(most / least) : 0.5);
  const y = (/** @type {number} */ value) => HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * (value / top);
  const ticks = [...new Set(points.map(([x]) => x))].map((at) => text(x(at), HEIGHT - BOTTOM + 18, at.toLocaleString('en'), 'middle'));
  const lines = Object.entries(series).map(([name, values], n) => {
    const colour = COLOURS[n % COLOURS.length];
    const path = values.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
    const dots = values.map(([at, value]) => `<circle cx="${x(at).toFixed(1)}" cy="${y(value).toFixed(1)}" r="3" fill="${colour}"/>`);
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}${text(LEFT + 10, TOP + 16 * n, name, 'start', colour)}`;
  });
  return picture(title, [...scale(top, y), ...ticks, text(WIDTH - 20, HEIGHT - BOTTOM + 34, below, 'end'), ...lines]);
}

/**
 * A bar for each.
 *
 * @param {string} title
 * @param {[string, number][]} values
 */
export function bars(title, values) {
  const top = 1.1 * Math.max(...values.map(([, value]) => value));
  const y = (/** @type {number} */ value) => HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * (value / top);
  const step = (WIDTH - LEFT - 20) / values.length;
  const drawn = values.map(([name, value], n) => {
    const left = LEFT + step * n + step * 0.15;
    const label = text(left + step * 0.35, HEIGHT - BOTTOM + 18 + 16 * (n % 2), name, 'middle');
    return `<rect x="${left.toFixed(1)}" y="${y(value).toFixed(1)}" width="${(step * 0.7).toFixed(1)}" height="${(HEIGHT - BOTTOM - y(value)).toFixed(1)}" fill="${COLOURS[n % COLOURS.length]}"/>${label}`;
  });
  return picture(title, [...scale(top, y), ...drawn]);
}

/** @param {number} top @param {(value: number) => number} y */
function scale(top, y) {
  const step = 10 ** Math.floor(Math.log10(top / 2));
  const by = [1, 2, 5, 10].map((n) => n * step).find((by) => top / by <= 6) ?? top;
  const marks = Array.from({ length: Math.floor(top / by) + 1 }, (_, n) => n * by);
  return marks.map((mark) => `<line x1="${LEFT}" x2="${WIDTH - 20}" y1="${y(mark).toFixed(1)}" y2="${y(mark).toFixed(1)}" stroke="#8884"/>${text(LEFT - 6, y(mark) + 4, short(mark), 'end')}`);
}

/** @param {number} value */
const short = (value) => (value >= 1e6 ? `${value / 1e6} M` : value >= 1e3 ? `${value / 1e3} k` : `${Number(value.toPrecision(3))}`);

/** @param {number} x @param {number} y @param {string} words @param {string} anchor @param {string} [colour] */
const text = (x, y, words, anchor, colour = '#888') =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="${colour}">${words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`;

/** @param {string} title @param {string[]} parts */
const picture = (title, parts) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12">\n${[text(LEFT, 22, title, 'start'), ...parts].join('\n')}\n</svg>\n`;
