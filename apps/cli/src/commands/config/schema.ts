import { configJsonSchema } from '@ccproxy/config';
import { BaseCommand } from '../../base-command.js';

export default class ConfigSchema extends BaseCommand {
  static override summary = 'Print the JSON Schema of ccproxy.yaml, for editors.';
  static override examples = [{ description: 'Give it to your editor.', command: '<%= config.bin %> config schema > ccproxy.schema.json' }];

  async run(): Promise<object> {
    await this.parse(ConfigSchema);
    const schema = configJsonSchema();
    this.log(JSON.stringify(schema, null, 2));
    return schema;
  }
}
