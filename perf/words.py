"""What the world's jobs are made of: skewed as a real feed is, with one word that is almost nowhere."""

NICHE_WEIGHTS = {
    "BEAUTY": 30, "FOOD": 18, "GADGETS": 12, "ECOMMERCE": 10, "APPS": 8, "FITNESS": 6, "HOME": 5, "GAMES": 4, "EDUCATION": 3,
    "KIDS": 2, "TRAVEL": 1, "FINTECH": 1,
}  # fmt: skip
PLATFORM_WEIGHTS = {"TIKTOK": 50, "INSTAGRAM_REELS": 25, "VK_CLIPS": 15, "YOUTUBE_SHORTS": 9, "OTHER": 1}
RARE_WORD = "перфоратор"
PRODUCTS = (
    "крем", "шампунь", "кофе", "чай", "наушники", "приложение", "кроссовки", "плед", "гирлянда", "игрушка", "рюкзак", "сервис",
    "пылесос", "корм", "чехол", "лампа", "шоколад", "косметика", "курс", "игра",
)  # fmt: skip
ADJECTIVES = ("Обзор:", "Распаковка:", "Короткое видео:", "Честный отзыв:", "До и после:", "Инструкция:", "Скетч:")
SENTENCES = (
    "Нужно короткое видео про {product} без лишних слов.",
    "Покажите, как {product} выглядит в обычной жизни.",
    "Первые три секунды решают: начните с самого интересного.",
    "Расскажите, чем {product} отличается от похожих.",
    "Свет мягкий, звук чистый, субтитры крупные.",
    "Ссылка на магазин будет в описании.",
)
