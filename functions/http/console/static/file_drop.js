// Takes files from a file field, or from a file that a person drops on its area.

/** Call `take` with the files that a person chooses or drops. The field is emptied, so that the same files can be chosen again. */
export function onFiles(area, take) {
  const field = area.querySelector("input[type=file]");
  const takeChosen = () => {
    take([...field.files]);
    field.value = "";
  };
  field.addEventListener("change", takeChosen);
  if (field.files.length) takeChosen(); // chosen before this script was loaded
  area.addEventListener("dragover", (event) => {
    event.preventDefault();
    area.classList.add("over");
  });
  area.addEventListener("dragleave", () => area.classList.remove("over"));
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    area.classList.remove("over");
    take([...event.dataTransfer.files]);
  });
}
