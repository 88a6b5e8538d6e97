// The values of a form as it would post them, and back again. Only what the person typed: no token, no files.
const OURS = (name) => name.startsWith("_");

export function valuesOf(form, submitter) {
  const data = new FormData(form);
  if (submitter?.name) data.append(submitter.name, submitter.value);
  const values = {};
  for (const [name, value] of data) {
    if (OURS(name) || typeof value !== "string") continue;
    if (!(name in values)) values[name] = value;
    else values[name] = [].concat(values[name], value);
  }
  return values;
}

// What is seen in a picker, for the day it has to be shown without the server.
export function labelsOf(form) {
  const chosen = [...form.querySelectorAll("select[name]")].filter((select) => select.value);
  return Object.fromEntries(chosen.map((select) => [select.name, select.selectedOptions[0].textContent.trim()]));
}

// What its fields are called, for errors that are read elsewhere.
export function namesOf(form) {
  const named = [...form.elements].filter((control) => control.name && !OURS(control.name));
  const label = (control) => (control.closest("fieldset")?.querySelector("legend") ?? control.labels?.[0])?.textContent.trim();
  return Object.fromEntries(named.map((control) => [control.name, label(control)]).filter(([, words]) => words));
}

function fillSelect(select, wanted, label) {
  for (const value of wanted) {
    const known = [...select.options].some((option) => option.value === value);
    if (!known && value) select.add(new Option(label ?? value, value));
  }
  for (const option of select.options) option.selected = wanted.includes(option.value);
  const typed = select.closest("combo-box")?.querySelector("[role=combobox]");
  if (typed) typed.value = select.value ? select.selectedOptions[0].textContent : "";
}

function fillControls(controls, wanted, label) {
  const rest = [...wanted];
  for (const control of controls) {
    if (control.type === "checkbox" || control.type === "radio") control.checked = wanted.includes(control.value);
    else if (control instanceof HTMLSelectElement) fillSelect(control, wanted, label);
    else if (control.type !== "file" && rest.length) control.value = rest.shift();
  }
}

// Values without a field of their own (lines that the server drew) go along as hidden ones; true if there were any.
export function fillForm(form, values, labels = {}) {
  let homeless = false;
  const named = [...form.elements].filter((control) => control.name && !OURS(control.name) && control.form === form);
  const isTick = (control) => control.type === "checkbox" || control.type === "radio";
  for (const control of named) if (isTick(control) && !(control.name in values)) control.checked = false;
  for (const [name, value] of Object.entries(values)) {
    const controls = named.filter((control) => control.name === name && control.type !== "submit");
    const wanted = [].concat(value);
    if (controls.length) fillControls(controls, wanted, labels[name]);
    else if (!named.some((control) => control.name === name)) {
      homeless = true;
      for (const one of wanted) addHidden(form, name, one);
    }
  }
  return homeless;
}

export function addHidden(form, name, value) {
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name, value });
  (form.querySelector("[data-homeless]") ?? form).append(input);
}
