// What a tab keeps. A browser may refuse storage to a page in the frame of another site; then the page's memory keeps it.

class Memory {
  getItem(name) {
    return Object.hasOwn(this, name) ? this[name] : null;
  }

  setItem(name, value) {
    this[name] = value;
  }

  removeItem(name) {
    delete this[name];
  }
}

function usable(find) {
  try {
    const storage = find();
    storage.getItem("");
    return storage;
  } catch {
    return new Memory();
  }
}

/** Until the tab is closed. */
export const tabStorage = usable(() => sessionStorage);

/** Also for later tabs. */
export const lastingStorage = usable(() => localStorage);
