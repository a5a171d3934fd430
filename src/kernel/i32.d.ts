/** `assembly/layout.ts` is read by both compilers; this is all TypeScript has to know of AssemblyScript. */
declare type i32 = number
