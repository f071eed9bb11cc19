package io.tracestore.codec;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tracestore.codec.ReflowJsonReader.Item;
import io.tracestore.codec.ReflowJsonWriter.Layout;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.TraceStoreException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReflowJsonReaderTest {
  private static final FlowTrace TRACE = ReflowFilesTest.expected();
  private static final String JSON = ReflowJson.write(TRACE);

  @ParameterizedTest
  @EnumSource(Layout.class)
  void readsEveryLayoutThatIsWritten(Layout layout) {
    List<FlowTrace> traces = List.of(numbered(1), numbered(2), numbered(3));

    List<Item> items = readAll(written(layout, traces));

    assertThat(items)
        .containsExactly(
            new Item.Trace(1, traces.get(0)),
            new Item.Trace(2, traces.get(1)),
            new Item.Trace(3, traces.get(2)));
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void noTracesAreWrittenAndRead(Layout layout) {
    assertThat(readAll(written(layout, List.of()))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s", "%s\n", "\uFEFF%s", "[%s]", "\uFEFF \r\n[\n%s]\n", "[] %s []"})
  void oneTraceIsReadHoweverItStands(String around) {
    assertThat(readAll(around.formatted(JSON))).containsExactly(new Item.Trace(1, TRACE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s%s", "%s\n%s", "%s\r\n\r\n%s\r\n", "[%s,%s]", "[%s]\n[%s]"})
  void severalTracesAreReadHoweverTheyStand(String around) {
    assertThat(readAll(around.formatted(JSON, JSON)))
        .containsExactly(new Item.Trace(1, TRACE), new Item.Trace(2, TRACE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n\t", "\uFEFF", "[]", "[ ]\n"})
  void anEmptyFileHoldsNoTraces(String text) {
    assertThat(readAll(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"trace_id\": null, \"events\": [{\"a\": [{}]}]}",
        "{\"trace_id\": \"0197a2b4-6c1e-7d3a-9f00-8b1c2d3e4f50\", \"events\": [1, [2], {}]}",
        "{\"status\": {\"Failed\": {\"error\": {\"deep\": [[[]]]}}}, \"x\": {}}",
        "{\"start_time\": [\"}]\"], \"y\": [{}]}",
        "{\"version\": {\"major\": NaN}}",
        "null",
        "[[1], 2]",
        "17",
      })
  void aValueThatIsNoTraceIsReportedAndReadingGoesOn(String bad) {
    List<Item> array = readAll("[%s,%s,%s]".formatted(JSON, bad, JSON));
    assertThat(array).hasSize(3).element(1).isInstanceOf(Item.Rejected.class);
    assertThat(array).element(2).isEqualTo(new Item.Trace(3, TRACE));
  }

  @Test
  void aLineThatIsNoTraceIsReportedWithItsNumber() {
    List<Item> items = readAll(JSON + "\n{\"trace_id\": \"7\"}\n" + JSON);

    assertThat(items).element(2).isEqualTo(new Item.Trace(3, TRACE));
    assertThat(items.get(1))
        .isInstanceOfSatisfying(
            Item.Rejected.class,
            rejected ->
                assertThat(rejected.reason())
                    .hasMessage(
                        "t.json, line 2, column 14, trace_id: not a UUID of the form"
                            + " xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx: '7'"));
  }

  @Test
  void aStreamThatCannotBeReadFurtherFailsEachTime() {
    ReflowJsonReader reader = reader(JSON + "\n{\"trace_id\":");

    assertThat(reader.next()).contains(new Item.Trace(1, TRACE));
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(reader::next)
          .isInstanceOf(CorruptDataException.class)
          .hasMessage(
              "t.json, line 2, column 13, trace_id: the text ends in the middle of a value");
    }
  }

  @Test
  void aRejectedTraceIsReportedBeforeTheEndThatCutsIt() {
    ReflowJsonReader reader = reader("{\"trace_id\": 1, ");

    assertThat(reader.next()).get().isInstanceOf(Item.Rejected.class);
    assertThatThrownBy(reader::next)
        .isInstanceOf(CorruptDataException.class)
        .hasMessageEndingWith("the text ends in the middle of a value");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"<html>", "trace_id,flow_id\n", "1", "\"x\"", "null", "[1]", "[[{}]]", "]"})
  void aFileOfSomethingElseIsRefusedAtItsStart(String text) {
    assertThatThrownBy(() -> readAll(text))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageMatching(
            "t\\.json, line 1, column [12](, \\[0])?: (no Reflow traces|not JSON): .+");
  }

  @Test
  void bytesThatAreNotUtf8AreRefusedByTheirPlace() {
    byte[] bytes = (JSON + "\n{\"flow_id\": \"?").getBytes(UTF_8);
    bytes[bytes.length - 1] = (byte) 0xC0;
    ReflowJsonReader reader = reader(new ByteArrayInputStream(bytes));

    assertThat(reader.next()).contains(new Item.Trace(1, TRACE));
    assertThatThrownBy(reader::next)
        .isInstanceOf(CorruptDataException.class)
        .hasMessageEndingWith("not UTF-8: byte 0xc0 at offset " + (bytes.length - 1));
  }

  @Test
  void utf16IsRefused() {
    assertThatThrownBy(() -> readAll(new ByteArrayInputStream(JSON.getBytes(UTF_16))))
        .isInstanceOf(CorruptDataException.class)
        .hasMessage("t.json, line 1, column 1: not UTF-8: byte 0xfe at offset 0");
  }

  @Test
  void charactersAreReadAcrossTheEdgesOfBuffers() {
    FlowTrace trace = TRACE.toBuilder().flowId("\uD83D\uDE00\u20AC\u00E9x".repeat(20_000)).build();
    InputStream slow =
        new FilterInputStream(new ByteArrayInputStream(ReflowJson.write(trace).getBytes(UTF_8))) {
          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            return super.read(target, offset, Math.min(length, 7));
          }
        };

    assertThat(readAll(slow)).containsExactly(new Item.Trace(1, trace));
  }

  @Test
  void aCompressedFileThatWasCutIsDamagedData() throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(file)) {
      gzip.write(JSON.getBytes(UTF_8));
    }
    ByteArrayInputStream cut = new ByteArrayInputStream(file.toByteArray(), 0, file.size() - 20);

    Throwable error = catchThrowable(() -> readAll(new GZIPInputStream(cut)));

    assertThat(error).isInstanceOf(CorruptDataException.class);
  }

  @Test
  void aFailingStreamIsNoDamagedData() {
    InputStream failing =
        new FilterInputStream(InputStream.nullInputStream()) {
          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            throw new IOException("connection lost");
          }
        };

    assertThatThrownBy(() -> readAll(failing))
        .isExactlyInstanceOf(TraceStoreException.class)
        .hasMessage("cannot read t.json: connection lost")
        .hasCauseInstanceOf(IOException.class);
  }

  @Test
  void closingClosesTheStream() {
    AtomicInteger closed = new AtomicInteger();
    InputStream in =
        new ByteArrayInputStream(JSON.getBytes(UTF_8)) {
          @Override
          public void close() {
            closed.incrementAndGet();
          }
        };

    reader(in).close();

    assertThat(closed).hasPositiveValue();
  }

  static FlowTrace numbered(long number) {
    return TRACE.toBuilder().traceId(new TraceId(new UUID(0, number))).build();
  }

  private static InputStream written(Layout layout, List<FlowTrace> traces) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ReflowJsonWriter writer = new ReflowJsonWriter(out, layout)) {
      traces.forEach(writer::write);
    }
    return new ByteArrayInputStream(out.toByteArray());
  }

  private static ReflowJsonReader reader(String text) {
    return reader(new ByteArrayInputStream(text.getBytes(UTF_8)));
  }

  private static ReflowJsonReader reader(InputStream in) {
    return new ReflowJsonReader(in, "t.json");
  }

  private static List<Item> readAll(String text) {
    return readAll(new ByteArrayInputStream(text.getBytes(UTF_8)));
  }

  private static List<Item> readAll(InputStream in) {
    List<Item> items = new ArrayList<>();
    try (ReflowJsonReader reader = reader(in)) {
      for (Optional<Item> item = reader.next(); item.isPresent(); item = reader.next()) {
        items.add(item.get());
      }
    }
    return items;
  }
}
