/** Of the anomaly stop. Apart from the metrics made of it, whose library's types are not to be had where Jetway is installed. */
export interface StopCounts {
  readonly inForce: number
  readonly set: ReadonlyMap<string, number>
}
