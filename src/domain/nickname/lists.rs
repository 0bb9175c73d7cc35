//! The words for newcomers' names: friendly, and none that somebody would not want in their name.

use std::sync::LazyLock;

use crate::domain::language::Language;
use crate::domain::names::look::Look;

/// The adjectives and animals of a language.
pub(super) struct Lists {
    pub(super) adjectives: Vec<Word>,
    pub(super) animals: Vec<Word>,
}

/// A word with its look, which costs more to compute than all else about a new name.
pub(super) struct Word {
    pub(super) text: &'static str,
    pub(super) look: Look,
}

static KO: LazyLock<Lists> = LazyLock::new(|| Lists::of(KO_ADJECTIVES, KO_ANIMALS));
static EN: LazyLock<Lists> = LazyLock::new(|| Lists::of(EN_ADJECTIVES, EN_ANIMALS));

impl Lists {
    pub(super) fn in_language(language: Language) -> &'static Self {
        match language {
            Language::Ko => &KO,
            Language::En => &EN,
        }
    }

    fn of(adjectives: &'static str, animals: &'static str) -> Self {
        let words = |list: &'static str| {
            list.split_whitespace().map(|text| Word { text, look: Look::of_text(text) }).collect()
        };
        Self { adjectives: words(adjectives), animals: words(animals) }
    }
}

const KO_ADJECTIVES: &str = "
    졸린 신난 배고픈 느긋한 수줍은 씩씩한 다정한 조용한 반짝이는 용감한 엉뚱한 포근한 상냥한 똑똑한
    빠른 둥근 작은 커다란 맑은 푸른 새침한 활발한 느린 따뜻한 시원한 즐거운 고운 당당한 멋진 귀여운
    친절한 명랑한 쾌활한 성실한 얌전한 든든한 튼튼한 날쌘 재빠른 화사한 산뜻한 깔끔한 말끔한 부드러운
    폭신한 말랑한 촉촉한 달콤한 새콤한 고소한 향긋한 상쾌한 싱그러운 푸릇한 파란 노란 초록빛 보랏빛
    은빛 금빛 눈부신 빛나는 환한 밝은 은은한 잔잔한 고요한 차분한 침착한 꼼꼼한 부지런한 알뜰한 소박한
    순한 착한 정다운 사이좋은 웃는 춤추는 노래하는 꿈꾸는 달리는 헤엄치는 산책하는 여행하는 구르는
    뛰노는 재밌는 유쾌한 기운찬 힘찬 활기찬 대담한 당찬 의젓한 늠름한 우아한 점잖은 슬기로운 지혜로운
    영리한 총명한 아담한 자그만 조그만 통통한 동그란 길쭉한 보송한 복슬한 두근대는 설레는 행복한 기쁜
    흐뭇한 뿌듯한 평온한 한가한 여유로운 자유로운 솔직한 겸손한 너그러운 사랑스런 앙증맞은 특별한 근사한
    훌륭한 대단한 신비한 신기한 놀라운 시골 바닷가 숲속";

const KO_ANIMALS: &str = "
    여우 펭귄 곰 개구리 고양이 강아지 토끼 다람쥐 사슴 너구리 수달 고래 부엉이 거북이 오리 참새 판다
    코알라 기린 하마 두더지 청설모 물개 나비 호랑이 양 염소 당나귀 햄스터 돌고래 사자 표범 치타 늑대
    코끼리 코뿔소 얼룩말 조랑말 망아지 송아지 병아리 비둘기 까치 까마귀 제비 종달새 꾀꼬리 딱따구리
    올빼미 독수리 두루미 황새 백조 거위 공작새 앵무새 타조 펠리컨 갈매기 물총새 오목눈이 박새 뻐꾸기
    기러기 원앙 도마뱀 카멜레온 이구아나 도롱뇽 맹꽁이 두꺼비 청개구리 올챙이 달팽이 무당벌레 잠자리
    반딧불이 귀뚜라미 메뚜기 꿀벌 풍뎅이 문어 오징어 해파리 불가사리 해마 소라 조개 가재 새우 꽃게 복어
    연어 송어 참치 가오리 상어 바다표범 바다사자 해달 북극곰 불곰 반달곰 나무늘보 알파카 라마 낙타 순록
    고라니 노루 산양 족제비 오소리 담비 고슴도치 비버 캥거루 왈라비 쿼카 미어캣 라쿤 사막여우 친칠라
    기니피그 칠면조 젖소";

const EN_ADJECTIVES: &str = "
    calm bold wise warm keen shy glad kind tiny blue cozy neat lazy soft red odd big fair mild slow
    zany pink airy cool deft fond gray rosy spry wild able apt avid busy cute dear deep epic fab
    fast fine firm fit free fun gold good great hale hip huge icy jade just lean lush mega meek new
    nice noble open pale plum posh pure rare ripe safe sage sane silk slim snug sure tall tame tan
    teal tidy trim true vast wavy zen arty dewy foxy hazy lunar lilac merry
    brave happy jolly lucky quick quiet sunny sweet witty proud nifty perky fuzzy jazzy fizzy swift
    loyal royal eager early fresh funny giddy grand green ivory light magic minty misty olive peppy
    plush polar ready regal savvy sharp shiny silky silly sleek smart snowy solar sonic spicy tawny
    topaz vivid white zesty amber azure balmy brisk civil comfy crisp curly dandy fancy hardy ideal
    jumpy leafy lofty mossy milky novel rapid rusty sandy tidal windy zippy";

const EN_ANIMALS: &str = "
    fox otter bear frog cat robin hare deer whale owl duck panda koala hippo mole seal moth tiger
    lamb goat bee crow swan wren crab newt lynx ibex toad yak ant bat bison bunny camel carp cod
    colt coot crane cub dingo dodo dog dove eagle egret eider eland elk emu fawn finch gecko gnu
    goose grebe guppy gull hawk heron horse hound husky ibis jay kiwi kite koi kudu lark lemur lion
    llama loris macaw manta mink moose mouse myna nyala okapi orca oryx perch pika pony puma pup
    puppy quail quoll raven rhino rook saiga shark sheep shrew skunk sloth snail snipe squid stag
    stoat stork tapir tern tetra trout tuna vireo vole wolf zebra zebu coati civet corgi drake hyena
    mule";
