// The form of the table of settings, and the types of the values that it describes.

/** What a number is measured in. */
export type Unit = 'currency' | 'fraction' | 'units' | 'price' | 'bars' | 'number'

/** Which numbers may be given; ends that are left out are open. All are finite. */
export interface Limits {
  /** Larger than this. */
  readonly above?: number
  /** This or larger. */
  readonly least?: number
  /** Smaller than this. */
  readonly below?: number
  /** This or smaller. */
  readonly most?: number
  readonly whole?: boolean
  /** Infinity too. */
  readonly infinite?: boolean
}

/** A number of a model. `record`: where it stands in the run record (RUN_* of the layout), as a double. */
export interface NumberField extends Limits {
  readonly kind: 'number'
  readonly unit: Unit
  readonly doc: string
  readonly default?: number
  readonly record?: number
  /** The choice of the same variant that says whether it is a fraction. */
  readonly by?: string
  /** It may be left out, and is not filled in: what it means then its doc says. */
  readonly optional?: true
}

/** One of several words. `record`: where its place among them stands in the run record. */
export interface ChoiceField {
  readonly kind: 'choice'
  readonly values: readonly string[]
  readonly record?: number
  readonly doc: string
  readonly default: string
  /** Left out it is not filled in; the default is what it means then. */
  readonly optional?: true
}

/** Steps of order value, each with a rate. */
export interface TiersField {
  readonly kind: 'tiers'
  readonly doc: string
}

/** Name of a column of the market, by asset and bar. `record`: where its address stands in the run record. */
export interface ColumnField {
  readonly kind: 'column'
  readonly doc: string
  readonly record: number
  /** The choice of the same variant that says whether its values are fractions or amounts of the price. */
  readonly by: string
}

/** A time zone: an IANA name, 'UTC' or an offset. Left out it is not filled in, and the run's `zone` holds. */
export interface ZoneField {
  readonly kind: 'zone'
  readonly doc: string
  readonly optional: true
}

/** A time of day, HH:MM or HH:MM:SS, 24 h. */
export interface ClockField {
  readonly kind: 'clock'
  readonly doc: string
}

/** Name of one of the strategy's own cost models (rule 7.9). */
export interface OwnField {
  readonly kind: 'own'
  readonly doc: string
}

/** A model within a model. */
export interface ModelField {
  readonly kind: 'model'
  readonly model: Model
  readonly doc: string
  /** Type of the variant that stands where none is given; it has no fields. */
  readonly default: string
}

/** What a variant of a model has beside its type. */
export type Field =
  | NumberField
  | ChoiceField
  | ColumnField
  | OwnField
  | ZoneField
  | ClockField
  | TiersField
  | ModelField

/** The short ways of the kernel (WAY_*) that a value admits; see ways.ts. */
export type Ways = number | ((value: never) => number)

/** One of the kinds that a model comes in. */
export interface Variant {
  /** What the kernel calls it. */
  readonly code: number
  readonly doc: string
  readonly fields: Readonly<Record<string, Field>>
  readonly ways?: Ways
  /** On the command line, in place of `TYPE:FIELD:...`: its fields with this between them, or its one number before or behind this (`words` may follow). */
  readonly notation?:
    | { readonly between: string }
    | { readonly before: string }
    | { readonly behind: string; readonly words: string }
  /** What no field can say alone: which field is wrong, and what is expected of it. */
  readonly refuse?: (value: never) => readonly [field: string, expected: string] | undefined
}

/** An object that says its kind in `type`: the kinds by type. */
export type Model = Readonly<Record<string, Variant>>

/** What every setting says of itself. */
interface About {
  /** What it holds for: a whole run, or an asset of its own. */
  readonly scope: 'run' | 'asset'
  /** Its rule in docs/semantics.md. */
  readonly rule: string
  readonly doc: string
  /** Profiles alone set it (profiles.ts): nobody would ask for it by itself. */
  readonly profileOnly?: true
  /** Settings that mean nothing beside any value of this one but its default, and may not be given then. */
  readonly excludes?: readonly string[]
}

/** A number. `record`: where it stands in the run record; it may stand in several places. */
export interface NumberSetting extends About, Limits {
  readonly kind: 'number'
  readonly unit: Unit
  readonly default: number
  readonly record: readonly number[]
  readonly ways: Ways
}

/** One of several words. `record`: where its code stands in the run record, where the kernel has to know. */
export interface ChoiceSetting extends About {
  readonly kind: 'choice'
  readonly default: string | undefined
  readonly record?: number
  readonly values: Readonly<Record<string, Choice>>
}

/** A value of one. `excludes`: as of a setting, of this value alone. */
export interface Choice {
  readonly code: number
  readonly doc: string
  readonly ways: number
  readonly excludes?: readonly string[]
}

/** A model. `record`: where the code of its variant stands in the run record, where the kernel has to know. */
export interface ModelSetting extends About {
  readonly kind: 'model'
  readonly default: string | undefined
  readonly record?: number
  readonly model: Model
  /** Where what its fields say of the record begins; at its start where this is left out. */
  readonly place?: number
  /** Type of a variant that stands for what another setting says. */
  readonly as?: { readonly type: string; readonly setting: string }
  /** What is expected, in an error about something else. */
  readonly expected: string
  /** The variant whose first field a bare number is. */
  readonly short?: string
  /** A bare word is the type of a variant whose fields have all their defaults. */
  readonly words?: boolean
}

/** A list of models. */
export interface ListSetting extends About {
  readonly kind: 'list'
  readonly most: number
  readonly model: Model
  readonly ways: Ways
}

/** A time zone, which the kernel never sees. */
export interface ZoneSetting extends About {
  readonly kind: 'zone'
  readonly default: string
  readonly ways: Ways
}

/** One row of the table. */
export type Setting = NumberSetting | ChoiceSetting | ModelSetting | ListSetting | ZoneSetting

// ---- the values that rows describe ---------------------------------------------------------------

/** A step of order value: up to this value (inclusive; the last is Infinity) the rate holds, a fraction of the whole value. */
export interface Tier {
  upTo: number
  rate: number
}

/** A field of one. */
export type FieldValue<F, Full> = F extends { kind: 'number' }
  ? number
  : F extends { kind: 'choice'; values: readonly (infer V)[] }
    ? V
    : F extends { kind: 'column' | 'own' | 'zone' | 'clock' }
      ? string
      : F extends { kind: 'tiers' }
        ? Tier[]
        : F extends { kind: 'model'; model: infer M extends Model }
          ? ModelValue<M, Full>
          : never

/** Names of the fields that may be left out: those with a default, and those that are not filled in. */
export type WithDefault<F> = {
  [K in keyof F]: F[K] extends { default: string | number } | { optional: true } ? K : never
}[keyof F]

/** Names of the fields that are not filled in where they are left out. */
export type Optional<F> = { [K in keyof F]: F[K] extends { optional: true } ? K : never }[keyof F]

/** The same, member by member. */
export type Flat<T> = { [K in keyof T]: T[K] }

/** One variant of a model, likewise. */
export type VariantValue<T, F, Full> = Full extends true
  ? Flat<
      { type: T } & { -readonly [K in Exclude<keyof F, Optional<F>>]: FieldValue<F[K], true> } & {
        -readonly [K in Optional<F>]?: FieldValue<F[K], true>
      }
    >
  : Flat<
      { type: T } & { -readonly [K in Exclude<keyof F, WithDefault<F>>]: FieldValue<F[K], false> } & {
        -readonly [K in WithDefault<F>]?: FieldValue<F[K], false>
      }
    >

/** An object of a model: as it may be given, or with all its fields. */
export type ModelValue<M extends Model, Full = false> = {
  [T in keyof M]: VariantValue<T, M[T]['fields'], Full>
}[keyof M]
