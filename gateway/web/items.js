// A list whose elements stay the same for as long as what they stand for is there.

export class Items {
  constructor(list, template) {
    this.list = list;
    this.template = template;
    this.byKey = new Map();
  }

  /** One element for each value, in this order; gives [element, value] for each. `key` tells two values apart. */
  show(values, key) {
    const known = this.byKey;
    this.byKey = new Map();
    const shown = values.map((value) => {
      const name = key(value);
      const element = known.get(name) ?? this.template.content.firstElementChild.cloneNode(true);
      this.byKey.set(name, element);
      return [element, value];
    });
    for (const [name, element] of known) if (!this.byKey.has(name)) element.remove();
    shown.forEach(([element], place) => {
      const there = this.list.children[place] ?? null;
      if (there !== element) this.list.insertBefore(element, there);
    });
    return shown;
  }
}
