package io.tracestore.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.provider.chronicle.ChronicleConfig;
import io.tracestore.provider.clickhouse.ClickHouseConfig;
import io.tracestore.provider.mem.MemoryConfig;
import io.tracestore.provider.postgresql.PostgresConfig;
import io.tracestore.provider.redis.RedisConfig;
import io.tracestore.provider.sqlite.SqliteConfig;
import io.tracestore.spi.config.StoreConfig;
import io.tracestore.spi.config.StoreOption;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An option is declared once: a constant of the config class, and a method of the same name. */
class ConfigClassesTest {
  static List<StoreConfig<?>> configs() {
    return List.of(
        MemoryConfig.of(),
        SqliteConfig.of("traces.db"),
        PostgresConfig.of("db"),
        ClickHouseConfig.of(),
        RedisConfig.of("host"),
        ChronicleConfig.of("traces.map"));
  }

  @ParameterizedTest
  @MethodSource("configs")
  void theConstantsAreTheOptionsOfTheProvider(StoreConfig<?> config) {
    assertThat(constants(config))
        .extracting(StoreOption::name)
        .containsExactlyElementsOf(
            TraceStores.providers().stream()
                .filter(provider -> provider.scheme().equals(config.toUri().scheme()))
                .flatMap(provider -> provider.options().stream())
                .map(StoreOption::name)
                .toList());
  }

  @ParameterizedTest
  @MethodSource("configs")
  void eachConstantHasAMethodThatSetsItsOptionInTheUri(StoreConfig<?> config)
      throws ReflectiveOperationException {
    for (StoreOption<?> option : constants(config)) {
      Method method = methodOf(config, option);
      Object value =
          method.getParameterTypes()[0] == Duration.class ? Duration.ofDays(2) : sample(option);
      StoreConfig<?> set = (StoreConfig<?>) method.invoke(config, value);
      assertThat(set.toUri().options()).containsOnlyKeys(option.name());
    }
  }

  private static <T> Object sample(StoreOption<T> option) {
    T value = option.defaultValue();
    return value != null ? value : "sample";
  }

  private static Method methodOf(StoreConfig<?> config, StoreOption<?> option) {
    return Arrays.stream(config.getClass().getMethods())
        .filter(method -> method.getName().equals(option.name()))
        .filter(method -> method.getReturnType() == config.getClass())
        .findFirst()
        .orElseThrow(() -> new AssertionError("no method sets " + option));
  }

  private static List<StoreOption<?>> constants(StoreConfig<?> config) {
    return Arrays.stream(config.getClass().getFields())
        .filter(field -> Modifier.isStatic(field.getModifiers()))
        .filter(field -> field.getType() == StoreOption.class)
        .<StoreOption<?>>map(ConfigClassesTest::valueOf)
        .toList();
  }

  private static StoreOption<?> valueOf(Field field) {
    try {
      return (StoreOption<?>) field.get(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theArtifactsThatErrorsRecommendAreThoseOfAllSchemes() throws IOException {
    Properties artifacts = new Properties();
    try (InputStream in = TraceStores.class.getResourceAsStream("artifacts.properties")) {
      artifacts.load(in);
    }
    assertThat(artifacts.stringPropertyNames())
        .containsExactlyInAnyOrderElementsOf(
            TraceStores.providers().stream()
                .filter(
                    provider -> provider.getClass().getName().startsWith("io.tracestore.provider."))
                .flatMap(provider ->
                    Stream.concat(Stream.of(provider.scheme()), provider.aliases().stream()))
                .toList());
  }
}
