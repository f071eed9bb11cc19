package io.tracestore.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SortedTextsTest {
  private static Map<String, Integer> given() {
    Map<String, Integer> given = new LinkedHashMap<>();
    given.put("b", 2);
    given.put("c", 3);
    given.put("a", 1);
    given.put("", 0);
    return given;
  }

  private static Map<String, Integer> sorted() {
    return Checks.sortedCopy("map", given());
  }

  @Test
  void keysComeInTheirNaturalOrderEachWithItsValue() {
    assertThat(sorted().keySet()).containsExactly("", "a", "b", "c");
    assertThat(sorted().values()).containsExactly(0, 1, 2, 3);
    StringBuilder visited = new StringBuilder();
    sorted().forEach((key, value) -> visited.append(key).append(value));
    assertThat(visited).hasToString("0a1b2c3");
  }

  @Test
  void aKeyIsFoundAndWhatIsNoKeyIsNot() {
    assertThat(sorted().get("b")).isEqualTo(2);
    assertThat(sorted().containsKey("c")).isTrue();
    assertThat(sorted().get("bb")).isNull();
  }

  @Test
  void itEqualsAnyMapOfTheSameEntries() {
    assertThat(sorted()).isEqualTo(given()).hasSameHashCodeAs(given());
    assertThat(new HashMap<>(given())).isEqualTo(sorted());
  }

  @Test
  void nothingChangesIt() {
    Map<String, Integer> map = sorted();

    assertThatThrownBy(() -> map.put("a", 2)).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> map.remove("a")).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(map::clear).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> map.replaceAll((key, value) -> 0))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> map.entrySet().iterator().next().setValue(2))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(map).isEqualTo(given());
  }

  @Test
  void equalKeysOfAMapThatComparesReferencesBecomeOne() {
    IdentityHashMap<String, Integer> given = new IdentityHashMap<>();
    given.put("a", 1);
    given.put(String.valueOf(new char[] {'a'}), 1);

    assertThat(Checks.sortedCopy("map", given)).containsExactly(Map.entry("a", 1));
  }
}
