package io.tracestore.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tracestore.TraceStores;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.TraceStoreProvider;
import io.tracestore.spi.config.StoreOption;
import io.tracestore.spi.config.StoreUri;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Phaser;
import org.junit.jupiter.api.Test;

/** A store is opened by its URI; errors name the option and show no secret. */
abstract class UriPromises extends StorePromises {
  private static final String SECRET = "hunter2-geheim";

  @Test
  void theProviderIsFoundByItsScheme() {
    assertThat(providers()).hasSize(1);
  }

  @Test
  void anUnknownOptionIsNamedWithTheKnownOnes() {
    store().close();
    StoreConfigurationException failure =
        refused(withOption(kitStore().uri(), "noSuchOption", "1"));
    assertThat(failure).hasMessageContaining("noSuchOption");
    for (StoreOption<?> option : provider().options()) {
      assertThat(failure).hasMessageContaining(option.name());
    }
    assertThat(failure.isRetryable()).isFalse();
  }

  @Test
  void anOptionIsNotIgnoredBecauseOfItsCase() {
    store().close();
    for (StoreOption<?> option : provider().options()) {
      String shouted = option.name().toUpperCase(Locale.ROOT);
      if (!shouted.equals(option.name())) {
        assertThat(refused(withOption(kitStore().uri(), shouted, "1")))
            .hasMessageContaining(shouted);
      }
    }
  }

  @Test
  void everyDefaultIsAValidValue() {
    for (StoreOption<?> option : provider().options()) {
      String text = option.defaultText();
      if (text != null) {
        assertThat((Object) option.parse(text)).as(option.name()).isEqualTo(option.defaultValue());
      }
    }
  }

  @Test
  void everyOptionIsDocumented() {
    assertThat(provider().options())
        .allSatisfy(option -> {
          assertThat(option.name()).matches("[a-z][a-zA-Z0-9]*");
          assertThat(option.doc()).isNotBlank();
        });
    assertThat(provider().options()).extracting(StoreOption::name).doesNotHaveDuplicates();
    assertThat(provider().description()).isNotBlank();
    assertThat(provider().uriSyntax()).startsWith(provider().scheme() + ":");
  }

  @Test
  void anErrorShowsNoSecret() {
    store().close();
    assertThat(whole(refused(withOption(kitStore().uri(), "noSuchPassword", SECRET))))
        .doesNotContain(SECRET);
    String wrong =
        withOption(withOption(kitStore().uri(), "noSuchOption", "1"), "noSuchToken", SECRET);
    assertThat(whole(refused(wrong))).doesNotContain(SECRET);
  }

  @Test
  void nothingThatIsShownHasASecret() {
    store().storeTrace(Samples.trace(1));
    List<String> shown = new ArrayList<>();
    shown.add(store().toString());
    shown.add(store().metrics().toString());
    shown.add(store().healthCheck().toString());
    store().close();
    shown.add(store().toString());
    shown.add(
        whole(
            catchThrowableOfType(
                TraceStoreException.class, () -> store().getTrace(Samples.traceId(1)))));
    shown.add(whole(refused(withOption(kitStore().uri(), "noSuchOption", "1"))));
    for (String secret : fixture().secrets()) {
      assertThat(shown).noneMatch(text -> text.contains(secret));
    }
    assertThat(shown).noneMatch(String::isEmpty);
  }

  @Test
  void optionsMayBeGivenApartFromTheUri() {
    store().close();
    assertThatThrownBy(() -> TraceStores.open(kitStore().uri(), Map.of("noSuchOption", "1")))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("noSuchOption");
    try (TraceStore opened = TraceStores.open(kitStore().uri(), Map.of())) {
      assertThat(opened.count(TraceQuery.ALL)).isEqualTo(0);
    }
  }

  @Test
  void aStoreUnwrapsToItselfAndToNothingForeign() {
    assertThat(store().unwrap(TraceStore.class)).isSameAs(store());
    assertThatThrownBy(() -> store().unwrap(Phaser.class))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private List<TraceStoreProvider> providers() {
    String scheme = StoreUri.parse(kitStore().uri()).scheme();
    return TraceStores.providers().stream()
        .filter(found -> found.scheme().equals(scheme) || found.aliases().contains(scheme))
        .toList();
  }

  private TraceStoreProvider provider() {
    return providers().getFirst();
  }

  private static StoreConfigurationException refused(String uri) {
    return catchThrowableOfType(
        StoreConfigurationException.class, () -> TraceStores.open(uri).close());
  }

  /** Message, stack, causes and what was suppressed. */
  private static String whole(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }

  static String withOption(String uri, String name, String value) {
    return uri + (uri.contains("?") ? "&" : "?") + name + "=" + value;
  }
}
