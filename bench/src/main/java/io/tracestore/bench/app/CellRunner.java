package io.tracestore.bench.app;

/** Measures one cell. */
interface CellRunner {
  /**
   * Measures {@code cell}.
   *
   * @return an array in JMH's JSON format
   * @throws BenchException if it failed
   */
  String run(Cell cell);
}
