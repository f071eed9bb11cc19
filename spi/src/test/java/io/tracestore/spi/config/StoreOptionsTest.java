package io.tracestore.spi.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.spi.StoreConfigurationException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The options of a URI are those that its provider declares, with typed values. */
class StoreOptionsTest {
  private static final StoreOption<Integer> CACHE =
      StoreOption.ofMebibytes("cacheSizeMb", 64, 1, 1024, "A cache.");
  private static final StoreOption<String> USER = StoreOption.ofString("user", null, "A user.");
  private static final StoreOption<String> PASSWORD =
      StoreOption.ofString("password", null, "A password.").asSecret();
  private static final List<StoreOption<?>> DECLARED = List.of(CACHE, USER, PASSWORD);

  @Test
  void a_given_value_is_typed() {
    StoreOptions options = options("sqlite:x?cacheSizeMb=1GiB");

    assertThat(options.get(CACHE)).isEqualTo(1024);
    assertThat(options.find(CACHE)).contains(1024);
    assertThat(options.isSet(CACHE)).isTrue();
  }

  @Test
  void without_a_value_the_default_counts() {
    StoreOptions options = options("sqlite:x");

    assertThat(options.get(CACHE)).isEqualTo(64);
    assertThat(options.find(CACHE)).contains(64);
    assertThat(options.isSet(CACHE)).isFalse();
  }

  @Test
  void without_a_value_and_a_default_there_is_none() {
    StoreOptions options = options("sqlite:x");

    assertThat(options.find(USER)).isEmpty();
    assertThatThrownBy(() -> options.get(USER))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessage("option 'user' is missing");
  }

  @Test
  void an_unknown_option_lists_the_known_and_suggests_the_nearest() {
    assertThatThrownBy(() -> options("sqlite:x?cachesizemb=5"))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessage(
            "unknown option 'cachesizemb' for sqlite: (did you mean 'cacheSizeMb'?); known:"
                + " cacheSizeMb, user, password");
  }

  @Test
  void an_unknown_option_that_is_near_to_none_suggests_none() {
    assertThatThrownBy(() -> options("sqlite:x?color=red"))
        .hasMessage("unknown option 'color' for sqlite:; known: cacheSizeMb, user, password");
    assertThatThrownBy(() -> StoreOptions.of(StoreUri.parse("mem:?a=1"), List.of()))
        .hasMessage("unknown option 'a' for mem:; known: none");
  }

  @Test
  void a_wrong_value_names_the_scheme_and_the_option() {
    assertThatThrownBy(() -> options("sqlite:x?cacheSizeMb=0"))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessage("sqlite: option 'cacheSizeMb' must be between 1 and 1024: '0'");
  }

  @Test
  void an_option_that_the_provider_did_not_declare_cannot_be_asked_for() {
    StoreOption<String> other = StoreOption.ofString("user", null, "Another user.");

    assertThatThrownBy(() -> options("sqlite:x").get(other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not an option of this provider: user");
  }

  private static StoreOptions options(String uri) {
    return StoreOptions.of(StoreUri.parse(uri), DECLARED);
  }
}
