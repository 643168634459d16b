// The browser's storage. If the browser refuses storage to a page in another site's frame, the page's memory replaces it.

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

/** Keeps values until the tab is closed. */
export const tabStorage = usable(() => sessionStorage);

/** Keeps values for later tabs too. */
export const lastingStorage = usable(() => localStorage);
