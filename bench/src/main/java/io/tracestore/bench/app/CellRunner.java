package io.tracestore.bench.app;

import java.io.IOException;

/** Measures one cell. */
interface CellRunner {
  /**
   * Measures {@code cell}.
   *
   * @return an array in JMH's JSON format
   * @throws BenchException if it failed
   */
  String run(Cell cell) throws IOException;
}
