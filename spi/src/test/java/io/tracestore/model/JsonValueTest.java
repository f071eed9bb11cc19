package io.tracestore.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.model.JsonValue.JsonArray;
import io.tracestore.model.JsonValue.JsonBoolean;
import io.tracestore.model.JsonValue.JsonNumber;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Any JSON value is held as an immutable value and compared by meaning. */
class JsonValueTest {
  @Test
  void values_of_java_become_json_values() {
    assertThat(JsonValue.from(null)).isSameAs(JsonValue.NULL);
    assertThat(JsonValue.from(true)).isEqualTo(new JsonBoolean(true));
    assertThat(JsonValue.from(CharBuffer.wrap("x"))).isEqualTo(new JsonString("x"));
    assertThat(JsonValue.from((byte) -1)).isEqualTo(new JsonNumber("-1"));
    assertThat(JsonValue.from((short) 2)).isEqualTo(new JsonNumber("2"));
    assertThat(JsonValue.from(3)).isEqualTo(new JsonNumber("3"));
    assertThat(JsonValue.from(4L)).isEqualTo(new JsonNumber("4"));
    assertThat(JsonValue.from(BigInteger.TEN)).isEqualTo(new JsonNumber("10"));
    assertThat(JsonValue.from(new BigDecimal("1.5"))).isEqualTo(new JsonNumber("1.5"));
    assertThat(JsonValue.from(2.0)).isEqualTo(new JsonNumber("2.0"));
    assertThat(JsonValue.from(Arrays.asList(1, null)))
        .isEqualTo(new JsonArray(List.of(new JsonNumber("1"), JsonValue.NULL)));
    assertThat(JsonValue.from(Map.of("a", List.of())))
        .isEqualTo(new JsonObject(Map.of("a", new JsonArray(List.of()))));
  }

  @Test
  void a_float_keeps_the_digits_it_is_written_with() {
    assertThat(JsonValue.from(0.1f)).isEqualTo(new JsonNumber("0.1"));
  }

  @Test
  void other_types_are_refused_by_name() {
    assertThatThrownBy(() -> JsonValue.from(new Object()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no JSON value: java.lang.Object");
    assertThatThrownBy(() -> JsonValue.from(Map.of(1, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a JSON object's names are strings: 1");
  }

  @Test
  void an_attribute_that_is_no_json_value_is_named() {
    assertThatThrownBy(() -> TraceEventData.builder().attribute("speed", Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("data.customAttributes 'speed': a JSON number must be finite: NaN");
  }

  @Test
  void the_order_of_members_does_not_matter() {
    Map<String, Integer> oneOrder = new LinkedHashMap<>();
    oneOrder.put("b", 1);
    oneOrder.put("a", 2);
    Map<String, Integer> otherOrder = new LinkedHashMap<>();
    otherOrder.put("a", 2);
    otherOrder.put("b", 1);

    assertThat(JsonValue.object(oneOrder)).isEqualTo(JsonValue.object(otherOrder));
    assertThat(((JsonObject) JsonValue.object(oneOrder)).members().keySet())
        .containsExactly("a", "b");
  }

  @Test
  void later_changes_of_what_it_was_made_from_do_not_matter() {
    List<JsonValue> elements = new ArrayList<>(List.of(JsonValue.of(1)));
    Map<String, JsonValue> members = new HashMap<>(Map.of("a", JsonValue.of(1)));
    JsonArray array = new JsonArray(elements);
    JsonObject object = new JsonObject(members);
    elements.clear();
    members.clear();

    assertThat(array.elements()).containsExactly(JsonValue.of(1));
    assertThat(object.members()).containsExactly(Map.entry("a", JsonValue.of(1)));
    assertThatThrownBy(() -> object.members().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void attributes_as_deep_as_allowed_are_taken() {
    JsonValue deep = nested(JsonValue.MAX_DEPTH);

    assertThat(TraceEventData.builder().attribute("a", deep).build().customAttributes())
        .containsExactly(Map.entry("a", deep));
  }

  @Test
  void deeper_attributes_are_refused_by_name() {
    TraceEventData.Builder builder =
        TraceEventData.builder().attribute("a", nested(JsonValue.MAX_DEPTH + 1));

    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("data.customAttributes 'a': a JSON value is nested deeper than 500");
  }

  @Test
  void a_list_that_holds_itself_is_refused() {
    List<Object> self = new ArrayList<>();
    self.add(self);

    assertThatThrownBy(() -> JsonValue.from(self))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a JSON value is nested deeper than 500");
  }

  private static JsonValue nested(int depth) {
    JsonValue value = JsonValue.of(1);
    for (int i = 0; i < depth; i++) {
      value = new JsonArray(List.of(value));
    }
    return value;
  }
}
