// Shapes of a drawing. Their look is in the style sheet, by class.

const SVG = "http://www.w3.org/2000/svg";

/** One element with its attributes. */
export function shape(name, attributes, text = "") {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.textContent = text;
  return element;
}

/** A line through [x, y] places; null among them breaks it. */
export function lineThrough(places) {
  let pen = "M";
  return places
    .map((place) => {
      if (!place) return (pen = "M"), "";
      const step = `${pen}${at(place[0])} ${at(place[1])}`;
      pen = "L";
      return step;
    })
    .join("");
}

/** The area between such a line and a height, piece by piece. */
export function areaUnder(places, bottom) {
  const pieces = [[]];
  for (const place of places) {
    if (place) pieces.at(-1).push(place);
    else pieces.push([]);
  }
  return pieces
    .filter((piece) => piece.length > 1)
    .map((piece) => `${lineThrough(piece)}L${at(piece.at(-1)[0])} ${at(bottom)}L${at(piece[0][0])} ${at(bottom)}Z`)
    .join("");
}

/** Upright bars, each {left, right, top, bottom}, as one path. */
export function bars(boxes) {
  return boxes
    .map(({ left, right, top, bottom }) => `M${at(left)} ${at(bottom)}V${at(top)}H${at(right)}V${at(bottom)}Z`)
    .join("");
}

const at = (pixels) => Math.round(pixels * 10) / 10;
