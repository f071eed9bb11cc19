package io.tracestore.provider.clickhouse.connect;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** A block of rows in the Native format; several in one insert are one for the server. */
public interface Block {
  /** The names of the columns, in their order. */
  List<String> columnNames();

  /** Writes the block; may be called again, for a retry. */
  void writeTo(OutputStream out) throws IOException;
}
