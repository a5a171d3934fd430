/** Answers what a run's own cost models take of the leg that its record tells of, RUN_LEG_* (semantics 7.9). */
export interface CostAnswers {
  /**
   * @param kind COST_*
   * @returns an amount of price (impact, slippage) or currency (commission); NaN where the model has failed
   */
  ask(kind: number): number
}
