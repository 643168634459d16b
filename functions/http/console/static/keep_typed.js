// Stores what a person types, so that it is not lost if the session ends or the page is reloaded before the form is sent.

import { tabStorage } from "./tab_storage.js";

const PREFIX = "dropcast.form.";
const NOT_TYPED = new Set(["hidden", "file", "submit"]);

/** Restore the stored fields of `form`, and store its fields in this tab from now on. `form.dataset.keep` names the form. */
export function keepTyped(form) {
  const name = PREFIX + form.dataset.keep;
  const kept = new Map(JSON.parse(tabStorage.getItem(name) ?? "[]"));
  for (const field of typedFields(form)) if (kept.has(idOf(field))) putBack(field, kept.get(idOf(field)));
  form.addEventListener("input", () => {
    for (const field of typedFields(form)) kept.set(idOf(field), isBox(field) ? field.checked : field.value);
    tabStorage.setItem(name, JSON.stringify([...kept]));
  });
  return kept.size > 0;
}

/** Delete the stored fields of the form `name`, because it was sent. */
export function forgetTyped(name) {
  for (const key of Object.keys(tabStorage)) if (key.startsWith(PREFIX + name)) tabStorage.removeItem(key);
}

function typedFields(form) {
  return [...form.elements].filter((field) => field.name && !NOT_TYPED.has(field.type));
}

function putBack(field, value) {
  if (isBox(field)) field.checked = value && !field.disabled;
  else if (value || !("prefilled" in field.dataset)) field.value = value;
}

function isBox(field) {
  return field.type === "checkbox" || field.type === "radio";
}

function idOf(field) {
  return field.type === "radio" ? `${field.name}=${field.value}` : field.name;
}
