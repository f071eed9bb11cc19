package io.tracestore.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.codec.ReflowJsonReader.Item;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.CorruptDataException;
import java.io.ByteArrayInputStream;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;

/** JSON that was damaged gives traces or errors of one bounded line, and nothing else. */
@Domain(Traces.class)
@Domain(DomainContext.Global.class)
class MutatedJsonTest {
  private static final String[] TOKENS = {
    "null",
    "true",
    "NaN",
    "-Infinity",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\ud800",
    "\\u0000",
    "-",
    ".",
    "e",
    "0",
    "1e999",
    "-0",
    "18446744073709551616",
    "\n",
    "\uFEFF",
    "\u0000",
    "/*",
    "'",
    "\"\"",
    "[]",
    "{}",
    "{\"Failed\":null}",
    "\"trace_id\":",
    "\"events\":[",
    "256",
    "2016-12-31T23:59:60Z"
  };

  @Property(tries = 700, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void damagedTextGivesTracesOrErrors(
      @ForAll FlowTrace trace,
      @ForAll("tokens") String token,
      @ForAll @IntRange(max = Integer.MAX_VALUE) int place,
      @ForAll @IntRange(max = 30) int removed) {
    String text = ReflowJson.write(trace);
    int from = place % text.length();
    int to = Math.min(text.length(), from + removed);

    readAll((text.substring(0, from) + token + text.substring(to)).getBytes(UTF_8));
  }

  @Property(tries = 700, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void damagedBytesGiveTracesOrErrors(
      @ForAll FlowTrace trace,
      @ForAll @IntRange(max = Integer.MAX_VALUE) int place,
      @ForAll byte value) {
    byte[] bytes = ReflowJson.write(trace).getBytes(UTF_8);
    bytes[place % bytes.length] = value;

    readAll(bytes);
  }

  @Provide
  Arbitrary<String> tokens() {
    return Arbitraries.of(TOKENS);
  }

  private static void readAll(byte[] bytes) {
    try (ReflowJsonReader reader =
        new ReflowJsonReader(new ByteArrayInputStream(bytes), "damaged")) {
      for (Optional<Item> item = reader.next(); item.isPresent(); item = reader.next()) {
        if (item.get() instanceof Item.Rejected rejected) {
          assertThat(rejected.reason().getMessage()).hasSizeLessThan(1200).doesNotContain("\n");
        }
      }
    } catch (CorruptDataException e) {
      assertThat(e.getMessage()).hasSizeLessThan(1200).doesNotContain("\n");
    }
  }
}
