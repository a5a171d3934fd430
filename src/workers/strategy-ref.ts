/** Where a strategy's module is: a file: or https: URL or an absolute path, and which export is the strategy. */
export interface ModuleReference {
  module: string
  export?: string
}
