package io.tracestore.provider.postgresql.write;

import io.tracestore.provider.postgresql.sql.Rendered;
import io.tracestore.provider.postgresql.sql.Session;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** One {@code COPY ... FROM STDIN BINARY}: rows go out in pieces of some size. */
final class CopyRows implements EventRows, AutoCloseable {
  private static final int PIECE = 256 * 1024;
  private static final byte[] HEAD =
      "PGCOPY\n\u00ff\r\n\0\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
  private static final byte[] END = {-1, -1};

  private final CopyIn copy;
  private final byte[] piece;
  private int used;

  /**
   * @param expectedBytes how many bytes will come; about
   */
  CopyRows(Session session, Rendered statement, long expectedBytes) throws SQLException {
    PGConnection connection = session.connection().unwrap(PGConnection.class);
    copy = connection.getCopyAPI().copyIn(session.text(statement));
    piece = new byte[(int) Math.min(PIECE, expectedBytes + HEAD.length + END.length)];
    write(HEAD, 0, HEAD.length);
  }

  @Override
  public void write(byte[] source, int from, int length) throws SQLException {
    if (length > piece.length - used) {
      flush();
      if (length > piece.length) {
        copy.writeToCopy(source, from, length);
        return;
      }
    }
    System.arraycopy(source, from, piece, used, length);
    used += length;
  }

  private void flush() throws SQLException {
    copy.writeToCopy(piece, 0, used);
    used = 0;
  }

  /** Ends it; the rows are there once the transaction is committed. */
  void finish() throws SQLException {
    write(END, 0, END.length);
    flush();
    copy.endCopy();
  }

  /** Gives it up if it was not finished. */
  @Override
  public void close() throws SQLException {
    if (copy.isActive()) {
      copy.cancelCopy();
    }
  }
}
