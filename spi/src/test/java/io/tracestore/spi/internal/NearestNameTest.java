package io.tracestore.spi.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A mistyped name finds the one that was meant, and a different word finds none. */
class NearestNameTest {
  private static final List<String> KNOWN =
      List.of("sqlite", "mem", "postgresql", "cacheSizeMb", "busyTimeoutMs", "ttl");

  @ParameterizedTest
  @CsvSource({
    "sqlite, sqlite",
    "SQLITE, sqlite",
    "sqllite, sqlite",
    "sqite, sqlite",
    "sqilte, sqlite",
    "sqlita, sqlite",
    "sqlite3, sqlite",
    "men, mem",
    "me, mem",
    "memo, mem",
    "emm, mem",
    "postgres, postgresql",
    "postgre, postgresql",
    "cacheSize, cacheSizeMb",
    "cachesizemb, cacheSizeMb",
    "cache_size_mb, cacheSizeMb",
    "busyTimeout, busyTimeoutMs",
    "busyTimeuotMs, busyTimeoutMs"
  })
  void a_mistyped_name_finds_the_one_meant(String wrong, String meant) {
    assertThat(NearestName.find(wrong, KNOWN)).contains(meant);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "redis", "memory", "pg", "oracle", "x", "timeout"})
  void another_word_finds_none(String word) {
    assertThat(NearestName.find(word, KNOWN)).isEmpty();
    assertThat(NearestName.suggestion(word, KNOWN)).isEmpty();
  }

  @Test
  void the_nearest_of_several_is_found_and_of_equal_ones_the_first() {
    assertThat(NearestName.find("maxTrace", List.of("minTraces", "maxTraces")))
        .contains("maxTraces");
    assertThat(NearestName.find("ab", List.of("ac", "ad"))).contains("ac");
  }

  @Test
  void the_suggestion_is_a_question_behind_a_space() {
    assertThat(NearestName.suggestion("sqlit", KNOWN)).isEqualTo(" (did you mean 'sqlite'?)");
  }

  @Test
  void a_huge_name_costs_no_memory() {
    assertThat(NearestName.find("x".repeat(100_000_000), KNOWN)).isEmpty();
  }
}
