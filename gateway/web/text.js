// Text in the page. It is only ever text: nothing that the endpoint says becomes markup.

const COUNT = new Intl.NumberFormat("en");

/** Writes it, and touches nothing where nothing changed. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Makes an element a link where the address is one of the web, and none elsewhere. */
export function point(link, url) {
  if (/^https?:/.test(url ?? "")) link.href = url;
  else link.removeAttribute("href");
}

/** "48,211", or a dash for an unknown number. */
export function number(count) {
  return count === null || count === undefined ? "\u2014" : COUNT.format(count);
}

/** "1 gift", "48,211 gifts". */
export function counted(count, noun) {
  return `${COUNT.format(count)} ${count === 1 ? noun : `${noun}s`}`;
}
