package io.tracestore.tools.clickhouse;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The functions of {@code libchdb}, as its {@code chdb.h} declares them.
 *
 * <p>Statements on different connections run at once; one connection runs one at a time.
 */
final class Chdb {
  private Chdb() {}

  /** Binds the functions to the library in {@code file}; before anything else is called. */
  static void load(Path file) {
    Native.register(Chdb.class, file.toString());
  }

  static native @Nullable Pointer chdb_connect(int count, StringArray arguments);

  static native void chdb_close_conn(Pointer connection);

  static native int chdb_shutdown();

  static native Pointer chdb_query_with_params_n(
      Pointer connection,
      byte[] query,
      long queryLength,
      byte[] format,
      long formatLength,
      @Nullable Pointer names,
      @Nullable Pointer nameLengths,
      @Nullable Pointer values,
      @Nullable Pointer valueLengths,
      long count);

  static native Pointer chdb_stream_query_with_params_n(
      Pointer connection,
      byte[] query,
      long queryLength,
      byte[] format,
      long formatLength,
      @Nullable Pointer names,
      @Nullable Pointer nameLengths,
      @Nullable Pointer values,
      @Nullable Pointer valueLengths,
      long count);

  static native Pointer chdb_stream_fetch_result(Pointer connection, Pointer stream);

  static native void chdb_stream_cancel_query(Pointer connection, Pointer stream);

  static native Pointer chdb_stream_insert_with_params_n(
      Pointer connection,
      byte[] query,
      long queryLength,
      byte[] format,
      long formatLength,
      @Nullable Pointer names,
      @Nullable Pointer nameLengths,
      @Nullable Pointer values,
      @Nullable Pointer valueLengths,
      long count);

  static native int chdb_stream_append(Pointer insert, byte[] data, long length);

  static native Pointer chdb_stream_done(Pointer insert);

  static native void chdb_stream_cancel_insert(Pointer insert);

  static native @Nullable Pointer chdb_stream_insert_error(Pointer insert);

  static native void chdb_destroy_insert_stream(Pointer insert);

  static native void chdb_destroy_query_result(Pointer result);

  static native @Nullable Pointer chdb_result_buffer(Pointer result);

  static native long chdb_result_length(Pointer result);

  static native @Nullable Pointer chdb_result_error(Pointer result);

  static native double chdb_result_elapsed(Pointer result);

  static native long chdb_result_rows_read(Pointer result);

  static native long chdb_result_bytes_read(Pointer result);

  static native long chdb_result_storage_rows_read(Pointer result);

  static native long chdb_result_storage_bytes_read(Pointer result);

  static native long chdb_result_rows_written(Pointer result);

  static native long chdb_result_bytes_written(Pointer result);
}
