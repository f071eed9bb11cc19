package io.tracestore.provider.postgresql.write;

import java.sql.SQLException;

/** Takes rows of events, as COPY in its binary form has them. */
interface EventRows {
  /** Takes the whole rows that lie in {@code length} bytes. */
  void write(byte[] source, int from, int length) throws SQLException;
}
