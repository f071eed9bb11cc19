package io.tracestore.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** New ids ascend and are unique; ids are ordered, parsed and written as 16 unsigned bytes. */
class UuidsTest {
  private static final int MANY = 20_000;

  @Test
  void a_new_id_has_version_7_and_the_variant_of_the_rfc() {
    UUID uuid = Uuids.randomV7();

    assertThat(uuid.version()).isEqualTo(7);
    assertThat(uuid.variant()).isEqualTo(2);
  }

  @Test
  void a_new_id_begins_with_the_time_in_milliseconds() {
    long before = System.currentTimeMillis();
    long inId = Uuids.randomV7().getMostSignificantBits() >>> 16;

    // Other tests that make ids in bulk may have pushed the time in them ahead of the clock.
    assertThat(inId).isGreaterThanOrEqualTo(before);
  }

  @Test
  void the_ids_that_one_thread_gets_ascend() {
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      ids.add(Uuids.randomV7());
    }

    assertThat(ids).isSortedAccordingTo(Uuids::compare).doesNotHaveDuplicates();
  }

  @Test
  void ids_made_by_many_threads_are_unique_and_ascend_in_each() throws Exception {
    Set<UUID> all = ConcurrentHashMap.newKeySet();
    List<Future<List<UUID>>> perThread = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int t = 0; t < 50; t++) {
        perThread.add(
            threads.submit(() -> {
              List<UUID> mine = new ArrayList<>();
              for (int i = 0; i < 1_000; i++) {
                mine.add(Uuids.randomV7());
              }
              all.addAll(mine);
              return mine;
            }));
      }
    }

    assertThat(all).hasSize(50_000);
    for (Future<List<UUID>> mine : perThread) {
      assertThat(mine.get()).isSortedAccordingTo(Uuids::compare);
    }
  }

  @Test
  void the_typed_ids_are_new_ids_of_version_7() {
    assertThat(TraceId.random().value().version()).isEqualTo(7);
    assertThat(EventId.random().value().version()).isEqualTo(7);
    assertThat(ExecutionId.random().value().version()).isEqualTo(7);
  }

  @ParameterizedTest
  @CsvSource({
    "00000000-0000-0000-0000-000000000000, 00000000-0000-0000-0000-000000000001",
    "7fffffff-0000-0000-0000-000000000000, 80000000-0000-0000-0000-000000000000",
    "00000000-0000-0000-7fff-ffffffffffff, 00000000-0000-0000-8000-000000000000",
    "00000000-0000-0000-ffff-ffffffffffff, 00000000-0000-0001-0000-000000000000",
    "fffffffe-0000-0000-0000-000000000000, ffffffff-0000-0000-0000-000000000000"
  })
  void ids_are_ordered_as_unsigned_bytes(String lower, String higher) {
    assertThat(TraceId.of(lower)).isLessThan(TraceId.of(higher));
    assertThat(EventId.of(lower)).isLessThan(EventId.of(higher));
    assertThat(ExecutionId.of(lower)).isLessThan(ExecutionId.of(higher));
    assertThat(TraceId.of(higher)).isGreaterThan(TraceId.of(lower));
    assertThat(TraceId.of(lower)).isEqualByComparingTo(TraceId.of(lower));
  }

  @Property
  void the_order_is_that_of_the_bytes_and_of_the_text(
      @ForAll long a, @ForAll long b, @ForAll long c, @ForAll long d) {
    UUID one = new UUID(a, b);
    UUID other = new UUID(c, d);
    int order = Integer.signum(Uuids.compare(one, other));

    assertThat(order)
        .isEqualTo(Integer.signum(Arrays.compareUnsigned(Uuids.toBytes(one), Uuids.toBytes(other))))
        .isEqualTo(Integer.signum(one.toString().compareTo(other.toString())));
  }

  @Property
  void bytes_come_back(@ForAll @Size(16) byte[] bytes) {
    assertThat(Uuids.toBytes(Uuids.ofBytes(bytes))).isEqualTo(bytes);
  }

  @Property
  void text_comes_back(@ForAll long high, @ForAll long low) {
    UUID uuid = new UUID(high, low);

    assertThat(Uuids.parse(uuid.toString())).isEqualTo(uuid);
    assertThat(new TraceId(uuid)).hasToString(uuid.toString());
  }

  @Test
  void upper_case_is_read_and_lower_case_written() {
    assertThat(EventId.of("0190ABCD-EF01-7000-8000-00000000000A"))
        .hasToString("0190abcd-ef01-7000-8000-00000000000a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1-1-1-1-1",
        "0190abcdef0170008000000000000000",
        "0190abcd-ef01-7000-8000-00000000000",
        "0190abcd-ef01-7000-8000-0000000000000",
        "0190abcd-ef01-7000-8000-00000000000g",
        "0190abcd-ef01-7000-80000-0000000000a",
        "{190abcd-ef01-7000-8000-00000000000}",
        " 190abcd-ef01-7000-8000-00000000000a"
      })
  void anything_but_the_36_characters_is_refused(String text) {
    assertThatThrownBy(() -> TraceId.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not a UUID of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx: '" + text + "'");
  }

  @Test
  void other_than_16_bytes_are_refused() {
    assertThatThrownBy(() -> Uuids.ofBytes(new byte[15]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a UUID has 16 bytes: 15");
  }
}
