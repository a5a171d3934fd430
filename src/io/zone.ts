/** Zones are a matter of the market; readers take them from here. */
export { type Resolved, Zone, zone } from '../market/zone.ts'
