// The way of a file from the page to its reader: into a place chosen beforehand, where the browser
// lets one choose, or as a download.

/**
 * Asks where to save. Returns a handle, nothing where the browser has no such question, or throws
 * an AbortError where the reader thinks better of it.
 */
export async function choosePlace(name, accept) {
  if (self.showSaveFilePicker === undefined) return undefined;
  return self.showSaveFilePicker({ suggestedName: name, types: [{ accept }] });
}

/** Hands a file to the browser's downloads. */
export function download(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
