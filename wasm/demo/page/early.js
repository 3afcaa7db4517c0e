// Handlers that have to be there before the rest has come: without them a browser would leave the
// page for a file that is dropped on it, or for a form that is sent. The other scripts wait for
// each other.

for (const name of ["dragover", "drop", "submit"]) {
  addEventListener(name, (event) => event.preventDefault());
}
