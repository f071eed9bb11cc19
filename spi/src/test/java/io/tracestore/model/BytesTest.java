package io.tracestore.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bytes are a value: compared by content, never changed from outside. */
class BytesTest {
  @Property
  void content_comes_back(@ForAll byte[] content) throws IOException {
    Bytes bytes = Bytes.of(content);
    byte[] copied = new byte[content.length + 2];
    bytes.copyTo(copied, 1);

    assertThat(bytes.length()).isEqualTo(content.length);
    assertThat(bytes.toArray()).isEqualTo(content);
    assertThat(bytes.openStream().readAllBytes()).isEqualTo(content);
    assertThat(Bytes.of(copied, 1, content.length + 1)).isEqualTo(bytes).hasSameHashCodeAs(bytes);
  }

  @Test
  void changes_of_the_arrays_around_it_do_not_reach_it() {
    byte[] given = {1, 2};
    Bytes bytes = Bytes.of(given);
    given[0] = 9;
    bytes.toArray()[1] = 9;

    assertThat(bytes).isEqualTo(Bytes.of((byte) 1, (byte) 2));
    assertThat(bytes.get(0)).isEqualTo((byte) 1);
  }

  @ParameterizedTest
  @CsvSource({"0, 4", "-1, 2", "2, 1", "4, 4"})
  void a_range_that_is_not_there_is_refused(int from, int to) {
    assertThatThrownBy(() -> Bytes.of(new byte[3], from, to))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void it_shows_its_length_and_its_beginning() {
    assertThat(Bytes.EMPTY).hasToString("Bytes[0: ]");
    assertThat(Bytes.of((byte) 0, (byte) -1)).hasToString("Bytes[2: 00ff]");
    assertThat(Bytes.of(new byte[17]))
        .hasToString("Bytes[17: 00000000000000000000000000000000...]");
  }
}
