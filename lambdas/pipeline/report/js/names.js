// Names from outside as text.

// Marks that turn the reading direction of what stands beside them are shown instead of obeyed.
const shown = (name) =>
  name.replace(
    /[\u202a-\u202e\u2066-\u2069]/g,
    (mark) => `\u27e8U+${mark.charCodeAt(0).toString(16).toUpperCase()}\u27e9`,
  );
