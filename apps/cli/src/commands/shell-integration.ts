/** The command of the plugin, as one of our own: as a plugin it would load a second copy of oclif. */
export { default } from '@ccproxy/shell-integration/command';
