package io.tracestore.provider.chronicle;

import io.tracestore.spi.CorruptDataException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what the entries of the transaction under way were before it, in a file of its own, so that
 * whoever comes after a process that ended in the middle can undo it. Whether there is such a
 * transaction, the gate knows. Used by one thread at a time.
 */
final class Journal implements AutoCloseable {
  private static final int HEAD = 2 * Integer.BYTES;

  /** So much is written through memory, without a system call; more is rare. */
  private static final int MAPPED = 64 << 10;

  /**
   * What an entry was.
   *
   * @param value null if there was none
   */
  @SuppressWarnings("ArrayRecordComponent") // carried from here to there, never compared
  record Entry(Key key, byte @Nullable [] value) {}

  /**
   * Not a channel, which a thread's interrupt would close. Null if nothing survives the process.
   */
  private final @Nullable RandomAccessFile file;

  private final ByteBuffer beginning;

  private Journal(@Nullable RandomAccessFile file, ByteBuffer beginning) {
    this.file = file;
    this.beginning = beginning;
  }

  static Journal open(Path path) throws IOException {
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    try {
      long length = file.length();
      if (length < MAPPED) {
        // Written, not only made longer: memory without a place on the disk must not be touched.
        file.seek(length);
        file.write(new byte[(int) (MAPPED - length)]);
      }
      return new Journal(file, file.getChannel().map(MapMode.READ_WRITE, 0, MAPPED));
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /** One that keeps nothing. */
  static Journal none() {
    return new Journal(null, ByteBuffer.allocate(0));
  }

  /** Replaces what it holds. */
  void write(List<Entry> entries) throws IOException {
    if (file == null) {
      return;
    }
    Output out = new Output(HEAD + 1024);
    out.i32(0).i32(0).i32(entries.size());
    for (Entry entry : entries) {
      byte[] value = entry.value();
      out.bytes(entry.key().bytes()).u8(value == null ? 0 : 1);
      if (value != null) {
        out.bytes(value);
      }
    }
    int length = out.length();
    byte[] bytes = out.array();
    ByteBuffer.wrap(bytes).putInt(length - HEAD).putInt(checksum(bytes, HEAD, length));
    if (length <= MAPPED) {
      beginning.put(0, bytes, 0, length);
    } else {
      file.seek(0);
      file.write(bytes, 0, length);
    }
  }

  /**
   * What it holds.
   *
   * @throws CorruptDataException if that is not whole
   */
  List<Entry> read() throws IOException {
    if (file == null) {
      return List.of();
    }
    byte[] bytes = new byte[(int) file.length()];
    file.seek(0);
    file.readFully(bytes);
    int length = bytes.length < HEAD ? -1 : ByteBuffer.wrap(bytes).getInt(0);
    if (length < 0 || length > bytes.length - HEAD) {
      throw damaged();
    }
    byte[] content = Arrays.copyOfRange(bytes, HEAD, HEAD + length);
    if (ByteBuffer.wrap(bytes).getInt(Integer.BYTES) != checksum(content, 0, length)) {
      throw damaged();
    }
    return Input.read("the journal", content, Journal::entries);
  }

  private static List<Entry> entries(Input in) {
    int count = in.i32();
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Key key = Key.of(in.bytes());
      entries.add(new Entry(key, in.u8() == 0 ? null : in.bytes()));
    }
    return entries;
  }

  private static CorruptDataException damaged() {
    return new CorruptDataException(
        "the journal is damaged, as after a loss of power: restore the files from a backup", null);
  }

  private static int checksum(byte[] bytes, int from, int to) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, to - from);
    return (int) crc.getValue();
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
