// The consumers of fields, one for each model, for runners under Node and for the page in a browser.

/**
 * The bytes of characters that TextDecoder makes of them in a browser, where "latin1" is
 * windows-1252: as Latin 1, but for these. Node's own decoder has none of them.
 */
const BYTE_OF = new Map(
  Array.from("€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ", (character, index) => {
    const bytes = [
      0x80, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x8e, 0x91, 0x92,
      0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0x9b, 0x9c, 0x9e, 0x9f,
    ];
    return [character.charCodeAt(0), bytes[index]];
  }),
);

/** Sums the fold of the model `fields`: exactly, though numbers are exact only to 2^53. */
export class Fold {
  #sum = 0;
  #whole = 0n;
  records = 0;
  fields = 0;

  field(position, field) {
    let first = field.length > 0 ? field.charCodeAt(0) : 0;
    if (first > 0xff) first = BYTE_OF.get(first);
    const token = field.length * 256 + first;
    const weighed = token * (2 * position + 1);
    if (this.#sum + weighed > Number.MAX_SAFE_INTEGER) {
      this.#whole += BigInt(this.#sum) + BigInt(token) * BigInt(2 * position + 1);
      this.#sum = 0;
    } else {
      this.#sum += weighed;
    }
    this.fields += 1;
  }

  get checksum() {
    return BigInt.asUintN(64, this.#whole + BigInt(this.#sum));
  }
}

export const MODELS = {
  count(fold, fields) {
    fold.fields += fields.length;
  },
  fields(fold, fields) {
    for (let position = 0; position < fields.length; position += 1) {
      fold.field(position, fields[position]);
    }
  },
  project(fold, fields, columns) {
    for (let position = 0; position < columns.length; position += 1) {
      const field = fields[columns[position]];
      if (field !== undefined) fold.field(position, field);
    }
  },
};
