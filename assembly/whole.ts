// What the engine of all other runs exports; no logic.
import './checks'
export * from './run'
