// What the bundle needs of node's module "path": mime-types asks for the
// extension of file names.
export function extname(name) {
  const at = name.lastIndexOf('.');
  return at > name.lastIndexOf('/') + 1 ? name.slice(at) : '';
}
