package io.tracestore.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Input of 200 MB in one line is read in a JVM of 100 MB heap. */
class LargeInputTest {
  private static final long SIZE = 200L << 20;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"x\": \"|a|\"}|REJECTED test, line 1, column 209715209, trace_id: missing field",
        "{\"x\": [|1,|1]}|REJECTED test, line 1, column 209715210, trace_id: missing field",
        "{\"x\": {|\"k\":1,|\"k\":1}}|REJECTED test, line 1, column 209584142, trace_id: missing field",
        "{\"flow_id\": \"|a|\"}|FAILED",
        "{\"|a|\": 1}|FAILED",
        "{\"flow_id\": 1|1|}|FAILED",
        "``|[|x|FAILED",
        "``|` `|{}|REJECTED test, line 1, column 209715202, trace_id: missing field",
        "``|a|b|FAILED",
        "\"|a|\"|FAILED",
      })
  void oneLineOf200MbNeedsLittleMemory(String head, String repeated, String tail, String expected)
      throws Exception {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx100m",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Reading.class.getName(),
            head,
            repeated,
            tail);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output;
    try (InputStream out = process.getInputStream()) {
      output = new String(out.readAllBytes(), UTF_8).strip();
    }

    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(output).startsWith(expected).hasLineCount(1);
  }

  /** Reads the first item of what its arguments describe. */
  static final class Reading {
    private Reading() {}

    public static void main(String[] args) {
      InputStream in = new Repeated(args[0], args[1], args[2]);
      try (ReflowJsonReader reader = new ReflowJsonReader(in, "test")) {
        String result =
            switch (reader.next().orElseThrow()) {
              case ReflowJsonReader.Item.Trace trace -> "TRACE";
              case ReflowJsonReader.Item.Rejected rejected ->
                  "REJECTED " + rejected.reason().getMessage();
            };
        System.out.println(result);
      } catch (io.tracestore.spi.CorruptDataException e) {
        System.out.println("FAILED " + e.getMessage());
      }
    }
  }

  /** A head, as much of a repeated text as fits {@link #SIZE}, and a tail. */
  private static final class Repeated extends InputStream {
    private final byte[] head;
    private final byte[] block;
    private final byte[] tail;
    private long position;

    Repeated(String head, String repeated, String tail) {
      this.head = head.getBytes(UTF_8);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.writeBytes(repeated.repeat(64 * 1024).getBytes(UTF_8));
      this.block = out.toByteArray();
      this.tail = tail.getBytes(UTF_8);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      long middleEnd = head.length + SIZE / block.length * block.length;
      byte[] source = block;
      long at = (position - head.length) % block.length;
      long left = block.length - at;
      if (position < head.length) {
        source = head;
        at = position;
        left = head.length - at;
      } else if (position >= middleEnd) {
        source = tail;
        at = position - middleEnd;
        left = tail.length - at;
      }
      if (left == 0) {
        return -1;
      }
      int read = (int) Math.min(left, length);
      System.arraycopy(source, (int) at, target, offset, read);
      position += read;
      return read;
    }
  }
}
