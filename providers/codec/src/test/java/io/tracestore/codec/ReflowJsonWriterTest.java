package io.tracestore.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.codec.ReflowJsonWriter.Layout;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceStoreException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReflowJsonWriterTest {
  private static final FlowTrace ONE = ReflowJsonReaderTest.numbered(1);
  private static final FlowTrace TWO = ReflowJsonReaderTest.numbered(2);

  @Test
  void linesHoldOneTraceEach() {
    assertThat(written(Layout.LINES, ONE, TWO))
        .isEqualTo(ReflowJson.write(ONE) + "\n" + ReflowJson.write(TWO) + "\n");
  }

  @Test
  void anArrayHasNoSpaces() {
    assertThat(written(Layout.ARRAY, ONE, TWO))
        .isEqualTo("[" + ReflowJson.write(ONE) + "," + ReflowJson.write(TWO) + "]\n");
  }

  @Test
  void aPrettyArrayHasOneFieldInALine() {
    assertThat(written(Layout.PRETTY_ARRAY, ONE))
        .startsWith("[ {\n  \"trace_id\" : \"00000000-0000-0000-0000-000000000001\",\n")
        .endsWith("\n} ]\n")
        .contains("\n    \"major\" : 1,\n")
        .doesNotContain("\r");
  }

  @Test
  void emptyArraysAreFinished() {
    assertThat(written(Layout.ARRAY)).isEqualTo("[]\n");
    assertThat(written(Layout.LINES)).isEmpty();
  }

  @Test
  void closingTwiceClosesOnce() {
    AtomicInteger closed = new AtomicInteger();
    ByteArrayOutputStream out =
        new ByteArrayOutputStream() {
          @Override
          public void close() {
            closed.incrementAndGet();
          }
        };
    ReflowJsonWriter writer = new ReflowJsonWriter(out, Layout.ARRAY);

    writer.close();
    int afterFirst = closed.get();
    writer.close();

    assertThat(closed).hasPositiveValue().hasValue(afterFirst);
    assertThat(out.toString(UTF_8)).isEqualTo("[]\n");
  }

  @Test
  void aFullDiskIsReportedInOneLine() {
    AtomicInteger closed = new AtomicInteger();
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }

          @Override
          public void close() {
            closed.incrementAndGet();
          }
        };
    ReflowJsonWriter writer = new ReflowJsonWriter(full, Layout.LINES);
    writer.write(ONE);

    assertThatThrownBy(writer::close)
        .isInstanceOf(TraceStoreException.class)
        .hasMessage("cannot write JSON: No space left on device")
        .hasCauseInstanceOf(IOException.class);
    assertThat(closed).hasPositiveValue();
  }

  private static String written(Layout layout, FlowTrace... traces) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ReflowJsonWriter writer = new ReflowJsonWriter(out, layout)) {
      List.of(traces).forEach(writer::write);
    }
    return out.toString(UTF_8);
  }
}
