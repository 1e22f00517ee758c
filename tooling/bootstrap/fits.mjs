/** Whether a version of Node can run the project: 22 from 22.19, and 24 and later. */
export function fits(version) {
  const [major, minor] = version.split('.').map(Number);
  return major >= 24 || (major === 22 && minor >= 19);
}
