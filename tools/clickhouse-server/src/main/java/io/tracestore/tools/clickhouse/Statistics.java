package io.tracestore.tools.clickhouse;

import com.sun.jna.Pointer;

/** The engine's work for a statement so far, in rows and bytes. */
record Statistics(
    long readRows,
    long readBytes,
    long writtenRows,
    long writtenBytes,
    long resultRows,
    long resultBytes) {
  static final Statistics NOTHING = new Statistics(0, 0, 0, 0, 0, 0);

  static Statistics of(Pointer result) {
    return new Statistics(
        Chdb.chdb_result_storage_rows_read(result),
        Chdb.chdb_result_storage_bytes_read(result),
        Chdb.chdb_result_rows_written(result),
        Chdb.chdb_result_bytes_written(result),
        Chdb.chdb_result_rows_read(result),
        Chdb.chdb_result_bytes_read(result));
  }

  Statistics plus(Statistics more) {
    return new Statistics(
        readRows + more.readRows,
        readBytes + more.readBytes,
        writtenRows + more.writtenRows,
        writtenBytes + more.writtenBytes,
        resultRows + more.resultRows,
        resultBytes + more.resultBytes);
  }

  /** As in the header {@code X-ClickHouse-Summary}. */
  String toJson(long elapsedNanos) {
    boolean inserted = writtenRows > 0;
    return """
    {"read_rows":"%d","read_bytes":"%d","written_rows":"%d","written_bytes":"%d",\
    "total_rows_to_read":"0","result_rows":"%d","result_bytes":"%d","elapsed_ns":"%d"}\
    """
        .formatted(
            readRows,
            readBytes,
            writtenRows,
            writtenBytes,
            inserted ? writtenRows : resultRows,
            inserted ? writtenBytes : resultBytes,
            elapsedNanos);
  }
}
